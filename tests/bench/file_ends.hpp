#pragma once

#include "measure.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

namespace hobnob::bench {

/// What is received stands in `folder`; empty: it is thrown away.
struct file_job {
  std::filesystem::path source;  ///< A file, or a folder of files.
  std::filesystem::path folder;
  std::size_t at_once = 1;  ///< Sent so many times at once (hobnob only).
};

/// The sending end; the receiving end is this program in the role `bare_files` or `hobnob_files`.
class file_client {
 public:
  virtual ~file_client() = default;

  /// How long it took until all was there.
  virtual std::chrono::duration<double> send(const file_job& job) = 0;

  virtual pid_t other_end() const = 0;

  /// The round trip of a message to the other end, in us; none without messages.
  virtual void round_trip(samples&) {}
};

/// Asio coroutines on hobnob's TLS engine: read 256 KiB, write; at the other end read, write. Small
/// files have their size and number before them. Nothing is hashed, synced or compared.
std::unique_ptr<file_client> bare_file_client();
int bare_files_main();

/// Two peers with a direct link.
std::unique_ptr<file_client> hobnob_file_client();
int hobnob_files_main(const std::string& relay_uri);

}  // namespace hobnob::bench

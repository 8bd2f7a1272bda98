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

  /// The process of the relay that carries the bytes; 0: none does.
  virtual pid_t relay() const { return 0; }

  /// The round trip of a message to the other end, in us; none without messages.
  virtual void round_trip(samples&) {}
};

enum class file_route : std::uint8_t {
  direct,
  circuit,  ///< Through a relay in a process of its own, which joins two connections.
};

/// Asio coroutines on hobnob's TLS engine: read 256 KiB, write; at the other end read, write. Small
/// files have their size and name before them. Nothing is hashed, synced or compared.
std::unique_ptr<file_client> bare_file_client(file_route route);
int bare_files_main(const bench_options& options);

/// The circuit of the bare ones: two sockets, and a thread for each direction that does nothing but
/// splice(2). Prints its port.
int bare_splice_main();

/// Two peers with a direct link, or with a circuit of `relay_main`.
std::unique_ptr<file_client> hobnob_file_client(file_route route);
int hobnob_files_main(const bench_options& options);

}  // namespace hobnob::bench

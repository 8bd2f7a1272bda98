#pragma once

#include "measure.hpp"

#include <unistd.h>
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

/// The sending end; the receiving end is another process, mostly this program in the role
/// `bare_files` or `hobnob_files`.
class file_client {
 public:
  virtual ~file_client() = default;

  /// How long it took until all was there.
  virtual std::chrono::duration<double> send(const file_job& job) = 0;

  /// 0: there is none yet, or no longer.
  virtual pid_t other_end() const = 0;

  /// Of what `send` takes, what passes before the first byte: where each one connects anew.
  virtual std::chrono::duration<double> connecting() const { return {}; }

  /// CPU time so far, of what either end has started and waited for too.
  virtual std::chrono::nanoseconds cpu_here() const { return cpu_with_children(getpid()); }
  virtual std::chrono::nanoseconds cpu_there() const { return cpu_with_children(other_end()); }

  /// The process of the relay that carries the bytes; 0: none does.
  virtual pid_t relay() const { return 0; }

  /// The round trip of a message to the other end, in us; none without messages.
  virtual void round_trip(samples&) {}

 private:
  static std::chrono::nanoseconds cpu_with_children(pid_t pid) {
    return cpu_time(pid) + cpu_time_of_children(pid);
  }
};

enum class file_route : std::uint8_t {
  direct,
  circuit,  ///< Through a relay in a process of its own, which joins two connections.
  joined_by_hobnob,  ///< The bare ends, joined as `relay_main` joins the ends of a circuit.
};

/// What Asio coroutines on hobnob's TLS engine move. Nothing is compared.
enum class bare_content : std::uint8_t {
  files,         ///< Read 256 KiB, write; at the other end read, write. Each has its size and name
                 ///< before it. Nothing is synced.
  files_synced,  ///< The same, but before the answer every file and its folder is on disk.
  files_hashed,  ///< As `files`, and both ends hash it, as hobnob does (XXH3-128), and compare.
  tar,           ///< What `tar -c` writes, into `tar -x`, which has ended before the answer.
  tar_synced,    ///< The same, and what it wrote is on disk.
};

std::unique_ptr<file_client> bare_file_client(file_route route,
                                              bare_content content = bare_content::files);
int bare_files_main(const bench_options& options);

/// The circuit of the bare ones: two sockets, and a thread for each direction that does nothing but
/// splice(2). Prints its port.
int bare_splice_main();

/// The same by hobnob's own circuit, on a thread beside the relay's own: for the bare ends, so that
/// only the relays differ.
int hobnob_splice_main();

/// Two peers with a direct link, or with a circuit of `relay_main`.
std::unique_ptr<file_client> hobnob_file_client(file_route route);
int hobnob_files_main(const bench_options& options);

/// As `hobnob_file_client` by a direct link, by the program `bench_file_unhashed` beside this one,
/// in which hashes are nothing (unhashed/no_hasher.cpp).
std::unique_ptr<file_client> unhashed_file_client();
int unhashed_files_main();

/// `scp -c aes128-gcm@openssh.com` to an sshd on loopback of its own, whose keys and settings are
/// in `folder`; with `synced` what it wrote is on disk in the end. Throws what is missing.
std::unique_ptr<file_client> scp_file_client(const std::filesystem::path& folder, bool synced);

}  // namespace hobnob::bench

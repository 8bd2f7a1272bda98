#pragma once

#include "measure.hpp"

#include "transport/endpoint.hpp"

#include <cstddef>

namespace hobnob::bench {

/// A load generator in a process of its own (this program with `--role load`), for more users than
/// one process has descriptors. Its users stay logged in, and read what comes, until told.
class load_process {
 public:
  /// For users of the relay at `relay`.
  explicit load_process(const endpoint& relay);

  /// Logs `count` more users in, numbered from `first_number`; how many seconds it took. Throws if
  /// one fails, or if one that was logged in before has been disconnected.
  double log_in(std::size_t count, std::size_t first_number, bool subscribed = false);

  /// Disconnects all; the relay may not have noticed yet.
  void log_out();

 private:
  std::string ask(const std::string& order);

  child_process process_;
};

/// The process itself.
int load_process_main(const bench_options& options);

}  // namespace hobnob::bench

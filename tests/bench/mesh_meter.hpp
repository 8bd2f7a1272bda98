#pragma once

#include "load_loop.hpp"
#include "measure.hpp"
#include "mesh_ends.hpp"

#include <unistd.h>

namespace hobnob::bench {

/// Time, CPU and memory of this process from when it is made.
class mesh_meter {
 public:
  /// Once `peers` are all linked.
  mesh_result read(std::size_t peers) const {
    const auto links = static_cast<double>(links_of(peers));
    const std::chrono::duration<double, std::micro> cpu = cpu_time(getpid()) - cpu_;
    return {seconds_since(start_), cpu.count() / links,
            static_cast<double>(pss_bytes(getpid()) - pss_) / links / 2};
  }

 private:
  std::int64_t pss_ = pss_bytes(getpid());
  std::chrono::nanoseconds cpu_ = cpu_time(getpid());
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace hobnob::bench

#pragma once

#include "transport/byte_rate.hpp"
#include "transport/circuit_flow.hpp"
#include "transport/network.hpp"

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace hobnob {

struct circuit_terms {
  duration idle_limit = std::chrono::seconds{60};  ///< Without a byte either way.
  /// Once one side has ended, the other has this long.
  duration half_closed_limit = std::chrono::seconds{10};
  /// Every byte is paid for at each. Only of circuits on one thread.
  std::vector<std::shared_ptr<byte_rate>> rates = {};
};

struct circuit_outcome {
  std::uint64_t bytes = 0;  ///< Carried, both ways.
  std::string why;          ///< For people.
};

/// Two streams joined: what one brings goes to the other, until both have ended, one breaks, or
/// nothing has come for too long. On the thread of `net`, which must outlive it; it lives as long
/// as its coroutines.
class circuit : public std::enable_shared_from_this<circuit> {
 public:
  using ends = std::array<std::unique_ptr<stream>, 2>;

  /// `tell` is called once, when both streams are closed.
  circuit(network& net, ends joined, circuit_terms terms,
          std::function<void(circuit_outcome)> tell);

  /// Once.
  void start();

  void close(std::string why);

 private:
  awaitable<void> carry(std::size_t from);
  void check_time();
  void flow_ended();

  network& net_;
  ends ends_;
  std::array<std::unique_ptr<circuit_flow>, 2> flows_;  // From the end of that number.
  circuit_terms terms_;
  std::function<void(circuit_outcome)> tell_;
  circuit_outcome outcome_;
  deadline limit_;
  time_point quiet_since_;
  time_point half_closed_until_ = time_point::max();
  int running_ = 0;
  bool closed_ = false;
};

}  // namespace hobnob

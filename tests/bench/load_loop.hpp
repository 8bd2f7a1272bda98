#pragma once

#include "transport/tcp/tcp_network.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>

namespace hobnob::bench {

/// The one thread of a load generator.
struct load_loop {
  boost::asio::io_context context{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> stays_open{
      context.get_executor()};
  tcp_network net{context};

  /// Handles what comes until `done`.
  template <class Condition>
  void run_until(Condition done) {
    while (!done()) context.run_one();
  }

  /// Handles what comes for `length`.
  void run_for(std::chrono::nanoseconds length) {
    const auto end = std::chrono::steady_clock::now() + length;
    while (std::chrono::steady_clock::now() < end) context.run_one_until(end);
  }
};

inline double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace hobnob::bench

#pragma once

#include "transport/clock.hpp"

#include <boost/asio/any_io_executor.hpp>

namespace hobnob {

/// The machine's clocks.
class system_clock final : public clock {
 public:
  explicit system_clock(boost::asio::any_io_executor executor) : executor_(std::move(executor)) {}

  time_point now() const override { return std::chrono::steady_clock::now(); }
  wall_time wall() const override { return std::chrono::system_clock::now(); }
  boost::asio::awaitable<boost::system::error_code> sleep_until(time_point deadline) override;

 private:
  boost::asio::any_io_executor executor_;
};

}  // namespace hobnob

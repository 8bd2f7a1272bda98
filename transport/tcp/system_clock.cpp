#include "transport/tcp/system_clock.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace hobnob {

boost::asio::awaitable<boost::system::error_code> system_clock::sleep_until(time_point deadline) {
  boost::asio::steady_timer timer{executor_, deadline};
  auto [error] = co_await timer.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
  co_return error;
}

}  // namespace hobnob

#include "transport/tcp/tcp_listener.hpp"

#include "transport/tcp/tcp_stream.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace hobnob {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

/// accept(2) reports errors of the arriving connection as its own; these are the machine's.
bool out_of_resources(const error_code& error) {
  namespace code = boost::system::errc;
  return error == code::too_many_files_open || error == code::too_many_files_open_in_system ||
         error == code::no_buffer_space || error == code::not_enough_memory;
}

}  // namespace

tcp_listener::tcp_listener(tcp::acceptor acceptor, endpoint local)
    : acceptor_(std::move(acceptor)), local_(local) {}

awaitable<io_value<std::unique_ptr<stream>>> tcp_listener::accept() {
  io_value<std::unique_ptr<stream>> result;
  while (acceptor_.is_open()) {
    auto [error, socket] = co_await acceptor_.async_accept(asio::as_tuple(asio::use_awaitable));
    if (error == asio::error::operation_aborted || !acceptor_.is_open()) break;
    if (out_of_resources(error)) {
      result.error = asio::error::no_descriptors;
      co_return result;
    }
    if (error) continue;
    if (!tcp_stream::adopt(std::move(socket), result.value)) co_return result;
  }
  result.error = asio::error::operation_aborted;
  co_return result;
}

void tcp_listener::close() noexcept {
  error_code ignored;
  acceptor_.close(ignored);
}

}  // namespace hobnob

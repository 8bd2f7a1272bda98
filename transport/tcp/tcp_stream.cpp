#include "transport/tcp/tcp_stream.hpp"

#include "transport/tcp/address.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>

namespace hobnob {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr std::size_t gathered_buffers_max = 64;

// What the kernel takes of us ahead of what it can send: an urgent frame waits behind no more. It
// says "writable" again at half of it.
constexpr int unsent_max = 128 * 1024;

error_code last_system_error() {
  if (errno == EAGAIN || errno == EWOULDBLOCK) return asio::error::would_block;
  return {errno, boost::system::system_category()};
}

}  // namespace

error_code tcp_stream::adopt(tcp::socket socket, std::unique_ptr<stream>& out) {
  error_code error;
  auto local = socket.local_endpoint(error);
  if (error) return error;
  auto remote = socket.remote_endpoint(error);
  if (error) return error;
  if (local == remote) {
    socket.set_option(tcp::socket::linger{true, 0}, error);
    return errc::self_connection;
  }
  socket.native_non_blocking(true, error);
  if (error) return error;
  socket.set_option(tcp::no_delay{true}, error);
  if (error) return error;
  // Where it is not known the kernel takes more.
  ::setsockopt(socket.native_handle(), IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent_max,
               sizeof unsent_max);
  out = std::make_unique<tcp_stream>(std::move(socket), from_asio(local), from_asio(remote));
  return {};
}

tcp_stream::tcp_stream(tcp::socket socket, endpoint local, endpoint remote)
    : socket_(std::move(socket)), local_(local), remote_(remote) {}

tcp_stream::~tcp_stream() { close(close_mode::graceful); }

io_result tcp_stream::try_read(std::span<std::byte> buffer) {
  if (!socket_.is_open()) return {asio::error::operation_aborted, 0};
  if (buffer.empty()) return {};
  if (read_error_) return {read_error_, 0};
  for (;;) {
    auto count = ::recv(socket_.native_handle(), buffer.data(), buffer.size(), 0);
    if (count > 0) return {{}, static_cast<std::size_t>(count)};
    if (count == 0) return {asio::error::eof, 0};
    if (errno != EINTR) return {last_system_error(), 0};
  }
}

io_result tcp_stream::try_write(std::span<const byte_view> buffers) {
  if (!socket_.is_open()) return {asio::error::operation_aborted, 0};
  std::size_t total = 0;
  while (!buffers.empty()) {
    std::array<iovec, gathered_buffers_max> pieces;
    auto used = std::min(buffers.size(), pieces.size());
    std::size_t wanted = 0;
    for (std::size_t i = 0; i < used; ++i) {
      pieces[i] = {const_cast<std::byte*>(buffers[i].data()), buffers[i].size()};
      wanted += buffers[i].size();
    }
    msghdr message{};
    message.msg_iov = pieces.data();
    message.msg_iovlen = used;
    auto count = ::sendmsg(socket_.native_handle(), &message, MSG_NOSIGNAL);
    if (count < 0) {
      if (errno == EINTR) continue;
      return {last_system_error(), total};
    }
    total += static_cast<std::size_t>(count);
    if (static_cast<std::size_t>(count) < wanted) return {asio::error::would_block, total};
    buffers = buffers.subspan(used);
  }
  return {{}, total};
}

// Looks at one byte instead of `async_wait`, which re-arms the socket with the kernel each time and
// is then told, too, that it may write: a lap of the loop for nothing. A socket tells an error only
// once: it is kept for `try_read`.
awaitable<error_code> tcp_stream::wait_readable() {
  if (!socket_.is_open()) co_return asio::error::operation_aborted;
  std::byte next;
  auto [error, count] =
      co_await socket_.async_receive(asio::buffer(&next, sizeof next), tcp::socket::message_peek,
                                     asio::as_tuple(asio::use_awaitable));
  if (error == asio::error::operation_aborted) co_return error;
  if (error != asio::error::eof) read_error_ = error;
  co_return error_code{};
}

awaitable<error_code> tcp_stream::wait_writable() {
  if (!socket_.is_open()) co_return asio::error::operation_aborted;
  auto [error] =
      co_await socket_.async_wait(tcp::socket::wait_write, asio::as_tuple(asio::use_awaitable));
  co_return error;
}

error_code tcp_stream::shutdown() {
  error_code error;
  socket_.shutdown(tcp::socket::shutdown_send, error);
  return error;
}

void tcp_stream::close(close_mode mode) noexcept {
  if (!socket_.is_open()) return;
  error_code ignored;
  // Without linger 0 unsent bytes would keep the address pair busy for minutes, and block a redial.
  if (mode == close_mode::abort) socket_.set_option(tcp::socket::linger{true, 0}, ignored);
  socket_.close(ignored);
}

std::unique_ptr<tcp_stream> tcp_stream::move_to(asio::io_context& context) {
  error_code error;
  const auto family = remote_.address.is_v4() ? tcp::v4() : tcp::v6();
  const auto handle = socket_.release(error);
  if (error) return nullptr;
  tcp::socket moved{context};
  moved.assign(family, handle, error);
  if (error) {
    ::close(handle);
    return nullptr;
  }
  auto result = std::make_unique<tcp_stream>(std::move(moved), local_, remote_);
  result->read_error_ = read_error_;
  return result;
}

}  // namespace hobnob

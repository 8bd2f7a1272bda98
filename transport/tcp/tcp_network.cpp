#include "transport/tcp/tcp_network.hpp"

#include "transport/error.hpp"
#include "transport/tcp/address.hpp"
#include "transport/tcp/system_clock.hpp"
#include "transport/tcp/tcp_listener.hpp"
#include "transport/tcp/tcp_stream.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <ifaddrs.h>
#include <net/if.h>
#include <openssl/rand.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>

namespace hobnob {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using reuse_port = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;

constexpr int listen_backlog = 4096;  // A whole team reconnects at once when its relay restarts.

/// Of `local`, what a socket towards `remote` can be bound to: the port always, the address if it
/// fits.
endpoint bind_endpoint(const endpoint& local, const endpoint& remote) {
  bool usable = local.address.is_v4() == remote.address.is_v4() &&
                // Linux refuses to leave the machine from a loopback address (EINVAL).
                (!local.address.is_loopback() || remote.address.is_loopback());
  if (usable) return local;
  return {remote.address.is_v4() ? ip_address::v4({0, 0, 0, 0}) : ip_address{}, local.port};
}

error_code prepare_dial(tcp::socket& socket, const endpoint& remote, const dial_options& options) {
  error_code error;
  auto target = to_asio(remote);
  socket.open(target.protocol(), error);
  if (error || (options.local.port == 0 && options.local.address.is_wildcard())) return error;
  socket.set_option(tcp::socket::reuse_address{true}, error);
  if (error) return error;
  if (options.local.port != 0) socket.set_option(reuse_port{true}, error);
  if (error) return error;
  socket.bind(to_asio(bind_endpoint(options.local, remote)), error);
  if (error != asio::error::address_in_use) return error;
  // Another program's socket has this port at another address of the machine: rather from any port
  // than not at all.
  socket.close(error);
  socket.open(target.protocol(), error);
  return error;
}

}  // namespace

tcp_network::tcp_network(asio::io_context& context)
    : context_(context),
      clock_(std::make_unique<system_clock>(context.get_executor())),
      deadlines_(context.get_executor(), *clock_) {}

void tcp_network::random(std::span<std::byte> out) {
  auto* first = reinterpret_cast<unsigned char*>(out.data());
  // There is no safe way on without randomness.
  if (RAND_bytes(first, static_cast<int>(out.size())) != 1) {
    throw std::runtime_error{"the random generator failed"};
  }
}

io_value<std::unique_ptr<listener>> tcp_network::listen(const endpoint& local,
                                                        const listen_options& options) {
  io_value<std::unique_ptr<listener>> result;
  auto& error = result.error;
  tcp::acceptor acceptor{context_};
  auto asio_local = to_asio(local);
  acceptor.open(asio_local.protocol(), error);
  if (error) return result;
  // A restarted program takes its port over from its dead connections (TIME_WAIT), not from a
  // living listener.
  acceptor.set_option(tcp::acceptor::reuse_address{true}, error);
  if (!error && asio_local.protocol() == tcp::v6()) {
    acceptor.set_option(asio::ip::v6_only{true}, error);
  }
  if (!error) acceptor.bind(asio_local, error);
  if (!error) acceptor.listen(listen_backlog, error);
  // Only now: set before the bind, it would let a second program share the port in silence.
  if (!error && options.shared_with_dials) acceptor.set_option(reuse_port{true}, error);
  if (error) return result;
  auto bound = acceptor.local_endpoint(error);
  if (!error) {
    result.value = std::make_unique<tcp_listener>(std::move(acceptor), from_asio(bound));
  }
  return result;
}

awaitable<io_value<std::unique_ptr<stream>>> tcp_network::dial(const endpoint& remote,
                                                               const dial_options& options) {
  return do_dial(remote, options);
}

awaitable<io_value<std::unique_ptr<stream>>> tcp_network::do_dial(endpoint remote,
                                                                  dial_options options) {
  io_value<std::unique_ptr<stream>> result;
  tcp::socket socket{context_};
  result.error = prepare_dial(socket, remote, options);
  if (result.error) co_return result;
  bool late = false;
  deadline limit{deadlines_, [&] {
                   late = true;
                   error_code ignored;
                   socket.close(ignored);
                 }};
  limit.arm(options.deadline);
  // Not the ranged async_connect: it reopens the socket and loses the bind.
  auto [error] =
      co_await socket.async_connect(to_asio(remote), asio::as_tuple(asio::use_awaitable));
  limit.disarm();
  result.error = error;
  if (late) result.error = asio::error::timed_out;
  if (!result.error) result.error = tcp_stream::adopt(std::move(socket), result.value);
  co_return result;
}

awaitable<io_value<std::vector<ip_address>>> tcp_network::resolve(std::string host) {
  io_value<std::vector<ip_address>> result;
  if (auto literal = ip_address::parse(host)) {
    result.value.push_back(*literal);
    co_return result;
  }
  tcp::resolver resolver{context_};
  auto [error, entries] = co_await resolver.async_resolve(host, "0", tcp::resolver::numeric_service,
                                                          asio::as_tuple(asio::use_awaitable));
  result.error = error;
  if (error) co_return result;
  for (const auto& entry : entries) {
    auto address = from_asio(entry.endpoint().address());
    if (std::find(result.value.begin(), result.value.end(), address) == result.value.end()) {
      result.value.push_back(address);
    }
  }
  co_return result;
}

std::vector<ip_address> tcp_network::interface_addresses() {
  std::vector<ip_address> result;
  ifaddrs* list = nullptr;
  if (::getifaddrs(&list) != 0) return result;
  for (auto* entry = list; entry != nullptr; entry = entry->ifa_next) {
    if (entry->ifa_addr == nullptr || (entry->ifa_flags & IFF_UP) == 0) continue;
    auto family = entry->ifa_addr->sa_family;
    if (family != AF_INET && family != AF_INET6) continue;
    tcp::endpoint address;
    std::memcpy(address.data(), entry->ifa_addr,
                family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6));
    result.push_back(from_asio(address.address()));
  }
  ::freeifaddrs(list);
  return result;
}

}  // namespace hobnob

#include "echo_ends.hpp"

#include "transport/tcp/tcp_network.hpp"
#include "transport/tls/tls_context.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/ssl.hpp>
// Asio is compiled separately; the library itself needs no asio::ssl.
#include <openssl/ssl.h>
#include <boost/asio/ssl/impl/src.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <cstdio>
#include <cstring>

namespace hobnob::bench {

namespace asio = boost::asio;
using asio::use_awaitable;
using asio::ip::tcp;
using stock_stream = asio::ssl::stream<tcp::socket>;

namespace {

/// The certificate of a hobnob identity, so that both have the same work in the handshake; no
/// verification here.
void use_identity(asio::ssl::context& context, const identity& self, clock& time) {
  const tls_context ours{self, time};
  SSL_CTX_use_certificate(context.native_handle(), SSL_CTX_get0_certificate(ours.native()));
  SSL_CTX_use_PrivateKey(context.native_handle(), SSL_CTX_get0_privatekey(ours.native()));
  SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_3_VERSION);
  SSL_CTX_set_ciphersuites(context.native_handle(), "TLS_AES_128_GCM_SHA256");
}

asio::awaitable<void> answer(tcp::acceptor& from, asio::ssl::context& context) {
  stock_stream with{co_await from.async_accept(use_awaitable), context};
  with.next_layer().set_option(tcp::no_delay{true});
  co_await with.async_handshake(stock_stream::server, use_awaitable);
  std::uint32_t size = 0;
  std::vector<char> message;
  for (;;) {
    co_await asio::async_read(with, asio::buffer(&size, sizeof size), use_awaitable);
    message.resize(size);
    co_await asio::async_read(with, asio::buffer(message), use_awaitable);
    co_await asio::async_write(with, asio::buffer(message), use_awaitable);
  }
}

asio::awaitable<void> ask(stock_stream& with, std::size_t size, std::chrono::nanoseconds length,
                          samples& times) {
  const auto content = static_cast<std::uint32_t>(size - sizeof(std::uint32_t));
  std::vector<char> message(size, 'x');
  std::memcpy(message.data(), &content, sizeof content);
  std::vector<char> reply(content);
  const auto end = std::chrono::steady_clock::now() + length;
  for (auto sent = std::chrono::steady_clock::now(); sent < end;
       sent = std::chrono::steady_clock::now()) {
    co_await asio::async_write(with, asio::buffer(message), use_awaitable);
    co_await asio::async_read(with, asio::buffer(reply), use_awaitable);
    times.add(
        std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - sent).count());
  }
}

class stock_echo_client final : public echo_client {
 public:
  stock_echo_client() : child_({own_path(), "--role", "stock_echo"}) {
    tcp_network net{context_};
    use_identity(tls_, identity::from_seed({4}), net.time());
    stream_.next_layer().connect({asio::ip::address_v4::loopback(),
                                  static_cast<std::uint16_t>(std::stoi(child_.first_line()))});
    stream_.next_layer().set_option(tcp::no_delay{true});
    stream_.handshake(stock_stream::client);
  }

  void round_trips(std::size_t size, std::chrono::nanoseconds length, samples& times) override {
    asio::co_spawn(context_, ask(stream_, size, length, times), [](std::exception_ptr error) {
      if (error) std::rethrow_exception(error);
    });
    context_.restart();
    context_.run();
  }

  double one_way(std::size_t, std::chrono::nanoseconds) override { return 0; }

  pid_t other_end() const override { return child_.pid(); }

 private:
  child_process child_;
  asio::io_context context_{1};
  asio::ssl::context tls_{asio::ssl::context::tls_client};
  stock_stream stream_{context_, tls_};
};

}  // namespace

std::unique_ptr<echo_client> stock_client() { return std::make_unique<stock_echo_client>(); }

int stock_echo_main() {
  asio::io_context context{1};
  tcp_network net{context};
  asio::ssl::context tls{asio::ssl::context::tls_server};
  use_identity(tls, identity::from_seed({3}), net.time());
  tcp::acceptor from{context, {asio::ip::address_v4::loopback(), 0}};
  std::printf("%u\n", static_cast<unsigned>(from.local_endpoint().port()));
  std::fflush(stdout);
  asio::co_spawn(context, answer(from, tls), [](std::exception_ptr) {});  // Ends with its client.
  context.run();
  return 0;
}

}  // namespace hobnob::bench

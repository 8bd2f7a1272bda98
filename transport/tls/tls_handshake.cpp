#include "transport/tls/tls_handshake.hpp"

#include "transport/tls/first_bytes.hpp"
#include "transport/tls/tls_stream.hpp"

#include <boost/asio/error.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace hobnob {
namespace {

namespace asio = boost::asio;

constexpr std::size_t record_header_size = 5;
constexpr std::size_t client_hello_max = 4 * 1024;

/// One handshake on its way: a coroutine's state, kept together so that its steps can be functions.
struct handshake {
  std::unique_ptr<stream> lower;
  std::shared_ptr<const tls_context> context;
  fingerprint expected;
  std::function<void()> heard;
  bool dialled = false;
  bool late = false;
  bool crossed = false;
  std::unique_ptr<tls_engine> engine;
  bytes received;  ///< Not yet taken by the engine.
  bytes output;    ///< Not yet sent.

  void start(tls_role role) { engine = std::make_unique<tls_engine>(*context, role, expected); }

  awaitable<failure> run();
  awaitable<failure> receive();
  awaitable<failure> send();
  awaitable<failure> first_record();
  failure judge_crossing();
  failure described(const error_code& error) const;
};

failure handshake::described(const error_code& error) const {
  if (late) return {errc::handshake_timeout};
  if (error == asio::error::eof) {
    return {errc::truncated, "the other side closed the connection during the handshake"};
  }
  return {error};
}

awaitable<failure> handshake::receive() {
  std::array<std::byte, 4096> space;
  auto got = co_await read_some(*lower, space);
  if (got.error) co_return described(got.error);
  received.insert(received.end(), space.begin(),
                  space.begin() + static_cast<std::ptrdiff_t>(got.count));
  co_return failure{};
}

awaitable<failure> handshake::send() {
  auto sent = co_await write_all(*lower, output);
  output.clear();
  if (sent.error) co_return described(sent.error);
  co_return failure{};
}

/// Waits until the first record has said what the other side is, and settles who is client and who
/// is server.
awaitable<failure> handshake::first_record() {
  auto wanted = record_header_size + 1;  // Up to the type of the handshake message.
  bool has_some = !received.empty();
  while (received.size() < wanted) {
    if (!std::exchange(has_some, false)) {
      if (auto error = co_await receive()) co_return error;
    }
    if (auto tell = std::exchange(heard, nullptr)) tell();
    if (!looks_like_tls(received)) {
      co_return failure{errc::not_tls,
                        "the other side speaks " + guess_protocol(received) + ", not hobnob"};
    }
    if (!dialled || received.size() < wanted) continue;
    auto octet = [&](std::size_t i) { return std::to_integer<std::size_t>(received[i]); };
    bool client_hello = octet(0) == 0x16 && octet(5) == 1;
    if (!client_hello) co_return failure{};
    wanted = record_header_size + (octet(3) << 8 | octet(4));
    if (wanted > client_hello_max)
      co_return failure{errc::tls_failed, "the other side's hello is too long"};
    crossed = true;
  }
  co_return crossed ? judge_crossing() : failure{};
}

failure handshake::judge_crossing() {
  const auto& self = context->self().fingerprint();
  if (expected.is_null() || expected == self) {
    return {errc::tls_failed, "the other side is a client, too, and not expected to dial"};
  }
  if (self < expected) {
    start(tls_role::server);  // Our own hello is discarded by the other side.
    return {};
  }
  auto size = record_header_size + (std::to_integer<std::size_t>(received[3]) << 8 |
                                    std::to_integer<std::size_t>(received[4]));
  received.erase(received.begin(), received.begin() + static_cast<std::ptrdiff_t>(size));
  return {};
}

awaitable<failure> handshake::run() {
  byte_view nothing;
  if (dialled) engine->handshake(nothing, output);
  if (auto error = co_await send()) co_return error;
  if (auto error = co_await first_record()) co_return error;
  for (;;) {
    byte_view input{received};
    bool done = engine->handshake(input, output);
    received.erase(received.begin(), received.end() - static_cast<std::ptrdiff_t>(input.size()));
    auto sent = co_await send();  // Also an alert that says why we refuse.
    if (engine->error()) co_return engine->error();
    if (sent) co_return sent;
    if (done) co_return failure{};
    if (auto error = co_await receive()) co_return error;
  }
}

awaitable<handshake_result> perform(handshake h, watchdog& deadlines, time_point until) {
  deadline limit{deadlines, [&h] {
                   h.late = true;
                   h.lower->close(stream::close_mode::abort);
                 }};
  limit.arm(until);
  h.start(h.dialled ? tls_role::client : tls_role::server);
  handshake_result result;
  result.error = co_await h.run();
  limit.disarm();
  result.crossed = h.crossed;
  result.remote = h.engine->remote();
  result.remote_key = h.engine->remote_key();
  if (result.error) {
    h.lower->shutdown();  // Lets an alert arrive before the end does.
    h.lower->close(stream::close_mode::graceful);
    co_return result;
  }
  result.stream = std::make_unique<tls_stream>(std::move(h.context), std::move(h.lower),
                                               std::move(h.engine), h.received);
  co_return result;
}

}  // namespace

awaitable<handshake_result> tls_connect(std::unique_ptr<stream> lower,
                                        std::shared_ptr<const tls_context> context,
                                        watchdog& deadlines, handshake_connect_options options) {
  handshake h{.lower = std::move(lower),
              .context = std::move(context),
              .expected = options.expected,
              .heard = {},
              .dialled = true,
              .engine = nullptr,
              .received = {},
              .output = {}};
  return perform(std::move(h), deadlines, options.until);
}

awaitable<handshake_result> tls_accept(std::unique_ptr<stream> lower,
                                       std::shared_ptr<const tls_context> context,
                                       watchdog& deadlines, handshake_accept_options options) {
  handshake h{.lower = std::move(lower),
              .context = std::move(context),
              .expected = {},
              .heard = std::move(options.heard),
              .dialled = false,
              .engine = nullptr,
              .received = std::move(options.received),
              .output = {}};
  return perform(std::move(h), deadlines, options.until);
}

awaitable<handshake_result> tls_context::connect(std::unique_ptr<stream> lower, watchdog& deadlines,
                                                 handshake_connect_options options) const {
  return tls_connect(std::move(lower), shared_from_this(), deadlines, options);
}

awaitable<handshake_result> tls_context::accept(std::unique_ptr<stream> lower, watchdog& deadlines,
                                                handshake_accept_options options) const {
  return tls_accept(std::move(lower), shared_from_this(), deadlines, std::move(options));
}

}  // namespace hobnob

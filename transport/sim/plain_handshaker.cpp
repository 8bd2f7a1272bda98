#include "transport/sim/plain_handshaker.hpp"

#include "transport/tls/first_bytes.hpp"

#include <boost/asio/error.hpp>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace hobnob::sim {
namespace {

namespace asio = boost::asio;

constexpr std::string_view mark = "hobnob simulation, not secure\n";
constexpr std::size_t key_size = std::tuple_size_v<public_key>;
constexpr std::size_t hello_size = mark.size() + 1 + key_size;

/// What a hello says its sender is; `refusing` is a server that will not talk to this client.
enum class side : std::uint8_t { client = 'c', server = 's', refusing = 'r' };

/// A client's last word.
constexpr std::byte accepted{'+'};
constexpr std::byte refused{'-'};

struct plain_handshake {
  std::shared_ptr<const handshaker> owner;
  std::unique_ptr<stream> lower;
  fingerprint expected;
  std::function<void()> heard;
  bytes received = {};  ///< The other side's first bytes, if somebody has read them already.
  bool late = false;
  handshake_result result;
  side other = side::client;

  awaitable<failure> connect();
  awaitable<failure> serve();
  awaitable<failure> say(side role);
  awaitable<failure> say(std::byte word);
  awaitable<failure> hear();
  awaitable<failure> await_last_word();
  failure described(const error_code& error) const;

  const fingerprint& own() const { return owner->self().fingerprint(); }
  bool is_expected() const { return expected.is_null() || expected == result.remote; }
};

failure plain_handshake::described(const error_code& error) const {
  if (late) return {errc::handshake_timeout};
  if (error == asio::error::eof) {
    return {errc::truncated, "the other side closed the connection during the handshake"};
  }
  return {error};
}

awaitable<failure> plain_handshake::say(side role) {
  std::array<std::byte, hello_size> hello{};
  std::ranges::copy(as_byte_view(mark), hello.begin());
  hello[mark.size()] = static_cast<std::byte>(role);
  std::ranges::copy(std::as_bytes(std::span{owner->self().key()}), hello.end() - key_size);
  const auto sent = co_await write_all(*lower, hello);
  co_return sent.error ? described(sent.error) : failure{};
}

awaitable<failure> plain_handshake::say(std::byte word) {
  const auto sent = co_await write_all(*lower, {&word, 1});
  co_return sent.error ? described(sent.error) : failure{};
}

awaitable<failure> plain_handshake::hear() {
  std::array<std::byte, hello_size> hello{};
  const std::span all{hello};
  auto have = received.size();
  std::ranges::copy(std::exchange(received, {}), hello.begin());
  io_result got;
  if (have == 0) got = co_await read_all(*lower, all.first(have = 1));
  if (got.error) co_return described(got.error);
  if (auto tell = std::exchange(heard, nullptr)) tell();
  got = co_await read_all(*lower, all.subspan(have));
  if (got.error) co_return described(got.error);
  if (as_text(all.first(mark.size())) != mark) {
    co_return failure{errc::not_tls,
                      "the other side speaks " + guess_protocol(hello) + ", not plain hobnob"};
  }
  other = static_cast<side>(hello[mark.size()]);
  std::ranges::copy(std::as_bytes(all.last(key_size)),
                    std::as_writable_bytes(std::span{result.remote_key}).begin());
  result.remote = fingerprint_of(result.remote_key);
  co_return failure{};
}

/// As in TLS, a client is told the server's mind and a server the client's.
awaitable<failure> plain_handshake::connect() {
  if (auto error = co_await say(side::client)) co_return error;
  if (auto error = co_await hear()) co_return error;
  if (other == side::client) {
    result.crossed = true;
    if (expected.is_null() || expected == own()) {
      co_return failure{errc::tls_failed,
                        "the other side is a client, too, and not expected to dial"};
    }
    if (own() < expected) co_return co_await serve();
    if (auto error = co_await hear()) co_return error;
  }
  if (other == side::refusing) co_return failure{errc::refused_by_peer};
  if (!is_expected()) {
    co_await say(refused);
    co_return failure{errc::key_mismatch};
  }
  co_return co_await say(accepted);
}

/// Once the client's hello is there.
awaitable<failure> plain_handshake::serve() {
  if (other != side::client) {
    co_return failure{errc::tls_failed, "the other side is a server, too"};
  }
  if (!is_expected()) {
    co_await say(side::refusing);
    co_return failure{errc::key_mismatch};
  }
  if (auto error = co_await say(side::server)) co_return error;
  co_return co_await await_last_word();
}

awaitable<failure> plain_handshake::await_last_word() {
  std::byte word{};
  const auto got = co_await read_all(*lower, {&word, 1});
  if (got.error) co_return described(got.error);
  co_return word == accepted ? failure{} : failure{errc::refused_by_peer};
}

awaitable<handshake_result> perform(plain_handshake h, bool dialled, watchdog& deadlines,
                                    time_point until) {
  deadline limit{deadlines, [&h] {
                   h.late = true;
                   h.lower->close(stream::close_mode::abort);
                 }};
  limit.arm(until);
  failure error;
  if (dialled) {
    error = co_await h.connect();
  } else {
    error = co_await h.hear();
    if (!error) error = co_await h.serve();
  }
  limit.disarm();
  if (error) {
    h.lower->shutdown();
    h.lower->close(stream::close_mode::graceful);
  } else {
    h.result.stream = std::move(h.lower);
  }
  h.result.error = std::move(error);
  co_return std::move(h.result);
}

}  // namespace

awaitable<handshake_result> plain_handshaker::connect(std::unique_ptr<stream> lower,
                                                      watchdog& deadlines,
                                                      handshake_connect_options options) const {
  plain_handshake h{.owner = shared_from_this(),
                    .lower = std::move(lower),
                    .expected = options.expected,
                    .heard = {},
                    .result = {}};
  return perform(std::move(h), true, deadlines, options.until);
}

awaitable<handshake_result> plain_handshaker::accept(std::unique_ptr<stream> lower,
                                                     watchdog& deadlines,
                                                     handshake_accept_options options) const {
  plain_handshake h{.owner = shared_from_this(),
                    .lower = std::move(lower),
                    .expected = {},
                    .heard = std::move(options.heard),
                    .received = std::move(options.received),
                    .result = {}};
  return perform(std::move(h), false, deadlines, options.until);
}

}  // namespace hobnob::sim

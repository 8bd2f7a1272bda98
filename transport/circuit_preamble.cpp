#include "transport/circuit_preamble.hpp"

#include <boost/asio/error.hpp>

#include <algorithm>

namespace hobnob {
namespace {

constexpr std::size_t preamble_size = circuit_mark.size() + std::tuple_size_v<circuit_token>;

/// Closes `what` when its time is over, and knows that it did.
class stream_limit {
 public:
  stream_limit(stream& what, watchdog& deadlines, time_point until)
      : limit_(deadlines, [this, &what] {
          late_ = true;
          what.close(stream::close_mode::abort);
        }) {
    limit_.arm(until);
  }

  failure described(const error_code& error, const char* at_end) const {
    if (late_) return {errc::handshake_timeout};
    if (error == boost::asio::error::eof) return {errc::truncated, at_end};
    return {error};
  }

 private:
  deadline limit_;
  bool late_ = false;
};

}  // namespace

awaitable<failure> enter_circuit(stream& relay, watchdog& deadlines, circuit_token token,
                                 time_point until) {
  const stream_limit limit{relay, deadlines, until};
  std::array<std::byte, preamble_size> preamble;
  const auto rest = std::ranges::copy(circuit_mark, preamble.begin()).out;
  std::ranges::copy(token, rest);
  auto done = co_await write_all(relay, preamble);
  std::byte answer{};
  if (!done.error) done = co_await read_all(relay, {&answer, 1});
  failure result;
  if (done.error) {
    result = limit.described(done.error, "the relay did not join the circuit");
  } else if (answer != circuit_joined) {
    result = {errc::tls_failed, "the relay answered something else than a circuit"};
  }
  if (result) relay.close(stream::close_mode::graceful);
  co_return result;
}

awaitable<first_bytes> receive_first_bytes(stream& from, watchdog& deadlines, time_point until,
                                           std::function<void()> heard) {
  const stream_limit limit{from, deadlines, until};
  first_bytes result;
  std::array<std::byte, preamble_size> space{};
  const std::span all{space};
  auto got = co_await read_some(from, all.first(circuit_mark.size()));
  if (!got.error) {
    heard();
    if (space[0] != circuit_mark[0]) {
      result.received.assign(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(got.count));
      co_return result;
    }
    got = co_await read_all(from, all.subspan(got.count));
  }
  if (got.error) {
    result.error = limit.described(got.error, "the other side closed the connection at once");
  } else if (!std::ranges::equal(all.first(circuit_mark.size()), circuit_mark)) {
    result.error = {errc::not_tls, "the other side speaks another protocol, not hobnob"};
  } else {
    std::ranges::copy(all.subspan(circuit_mark.size()), result.token.emplace().begin());
  }
  if (result.error) from.close(stream::close_mode::graceful);
  co_return result;
}

}  // namespace hobnob

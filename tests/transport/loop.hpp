#pragma once

#include "tests/transport/task_runner.hpp"
#include "transport/tcp/tcp_network.hpp"
#include "transport/tls/tls_handshake.hpp"

#include <gtest/gtest.h>
#include <boost/asio/io_context.hpp>

#include <memory>
#include <stdexcept>

namespace hobnob::test {

/// A loop on the test's own thread, and the machine's network on it.
class loop : public task_runner<loop> {
 public:
  static constexpr auto patience = std::chrono::seconds{20};

  boost::asio::io_context io;
  tcp_network net{io};

  /// Runs the loop until `done`, which is looked at after every step. Throws when patience is at
  /// its end.
  template <class Predicate>
  void run_until(Predicate done) {
    const auto end = std::chrono::steady_clock::now() + patience;
    while (!done()) {
      if (std::chrono::steady_clock::now() > end)
        throw std::runtime_error{"condition not met in time"};
      io.restart();
      io.run_one_for(std::chrono::milliseconds{100});
    }
  }

  /// Runs what is ready now.
  void poll() {
    io.restart();
    io.poll();
  }
};

/// The two ends of one connection.
struct stream_pair {
  std::unique_ptr<stream> dialled;
  std::unique_ptr<stream> accepted;
};

inline endpoint loopback(std::uint16_t port = 0) { return {ip_address::v4({127, 0, 0, 1}), port}; }

/// `Loop` is a `loop` or works like one (`sim_loop`).
template <class Loop>
stream_pair connect_tcp(Loop& l) {
  auto listening = l.net.listen(loopback(), {});
  if (listening.error) throw std::runtime_error{listening.error.message()};
  auto accepting = l.start(listening.value->accept());
  auto dialled = l.run(l.net.dial(listening.value->local_endpoint(), {}));
  if (dialled.error) throw std::runtime_error{dialled.error.message()};
  l.run_until([&] { return accepting->has_value(); });
  return {std::move(dialled.value), std::move((*accepting)->value)};
}

/// An identity whose key is made of `octet`s.
inline identity make_identity(std::uint8_t octet) {
  identity::seed seed;
  seed.fill(octet);
  return identity::from_seed(seed);
}

template <class Loop>
std::shared_ptr<const tls_context> make_context(Loop& l, std::uint8_t octet) {
  return std::make_shared<const tls_context>(make_identity(octet), l.net.time());
}

struct tls_pair {
  handshake_result dialled;
  handshake_result accepted;
};

/// TLS over `lower`; both sides must succeed.
template <class Loop>
tls_pair secure(Loop& l, stream_pair lower, std::uint8_t dialler = 1, std::uint8_t acceptor = 2) {
  auto accepting = l.start(
      tls_accept(std::move(lower.accepted), make_context(l, acceptor), l.net.deadlines(), {}));
  handshake_connect_options options{make_identity(acceptor).fingerprint()};
  auto dialled = l.run(
      tls_connect(std::move(lower.dialled), make_context(l, dialler), l.net.deadlines(), options));
  l.run_until([&] { return accepting->has_value(); });
  tls_pair result{std::move(dialled), std::move(**accepting)};
  if (result.dialled.error) throw std::runtime_error{result.dialled.error.text()};
  if (result.accepted.error) throw std::runtime_error{result.accepted.error.text()};
  return result;
}

template <class Loop>
stream_pair connect_tls(Loop& l) {
  auto pair = secure(l, connect_tcp(l));
  return {std::move(pair.dialled.stream), std::move(pair.accepted.stream)};
}

}  // namespace hobnob::test

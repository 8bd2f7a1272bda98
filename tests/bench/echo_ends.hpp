#pragma once

#include "measure.hpp"

#include <cstdint>
#include <functional>
#include <memory>

namespace hobnob::bench {

/// The asking end of an echo over one connection; the answering end is this program in the role
/// `stock_echo`, `bare_echo` or `hobnob_echo`.
class echo_client {
 public:
  virtual ~echo_client() = default;

  /// Sends messages of `size` bytes one at a time, each when the one before has come back, for
  /// `length`; times in us.
  virtual void round_trips(std::size_t size, std::chrono::nanoseconds length, samples& times) = 0;

  /// Sends messages of `size` bytes one way as fast as they are taken, for `length`; answers how
  /// many a second arrived.
  virtual double one_way(std::size_t size, std::chrono::nanoseconds length) = 0;

  /// The process of the answering end.
  virtual pid_t other_end() const = 0;
};

/// asio::ssl::stream as it comes: TLS 1.3, one write and one read a message. No one-way figure.
std::unique_ptr<echo_client> stock_client();
int stock_echo_main();

/// Asio coroutines on hobnob's TLS engine, nothing else.
std::unique_ptr<echo_client> bare_client();
int bare_echo_main();

/// Two peers with a direct link. Messages go from a subscriber of one peer to a subscriber of the
/// other and back: application messages that are not acknowledged, which is what a bare stream
/// offers, or acknowledged ones (each message has a receipt, and its sender is told).
std::unique_ptr<echo_client> hobnob_client();
std::unique_ptr<echo_client> hobnob_acknowledged_client();
int hobnob_echo_main(const std::string& relay_uri);

}  // namespace hobnob::bench

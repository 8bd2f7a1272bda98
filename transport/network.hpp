#pragma once

#include "transport/clock.hpp"
#include "transport/endpoint.hpp"
#include "transport/stream.hpp"
#include "transport/watchdog.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <memory>
#include <string>
#include <vector>

namespace hobnob {

class handshaker;
class identity;

template <class T>
struct io_value {
  error_code error;
  T value{};
};

/// Accepts streams on one endpoint.
class listener {
 public:
  virtual ~listener() = default;

  /// The next stream. Errors that belong to one arriving connection are not reported here; too many
  /// open files is
  /// (`asio::error::no_descriptors`): the caller pauses. After `close`:
  /// `asio::error::operation_aborted`.
  virtual awaitable<io_value<std::unique_ptr<stream>>> accept() = 0;

  /// With the real port where 0 was asked for.
  virtual endpoint local_endpoint() const = 0;

  virtual void close() noexcept = 0;
};

struct listen_options {
  /// Let later dials leave from this very port (`SO_REUSEPORT`, set only after bind and listen
  /// succeeded, so that a second program on the port still fails with `address_in_use`). For peers;
  /// never for relays.
  bool shared_with_dials = false;
};

struct dial_options {
  /// The local endpoint to dial from; port 0 lets the system choose. The port of a
  /// `shared_with_dials` listener may be used.
  endpoint local;
  time_point deadline = time_point::max();
};

/// The machine's network as hobnob sees it: the seam between real sockets and simulation.
class network {
 public:
  virtual ~network() = default;

  /// The one thread everything of this network runs on.
  virtual boost::asio::any_io_executor executor() = 0;
  virtual clock& time() = 0;

  /// The deadlines of everything on this network.
  virtual watchdog& deadlines() = 0;

  /// Fills `out` with random bytes fit for keys (in simulation: drawn from the seed).
  virtual void random(std::span<std::byte> out) = 0;

  /// An IPv6 wildcard endpoint listens for IPv6 only (`IPV6_V6ONLY`).
  virtual io_value<std::unique_ptr<listener>> listen(const endpoint& local,
                                                     const listen_options& options) = 0;

  /// A connected stream, or `timed_out`, `connection_refused`, `host_unreachable`,
  /// `address_in_use`, ...; `address_not_available` on a shared port means that the other side's
  /// dial is arriving: wait for the accept.
  virtual awaitable<io_value<std::unique_ptr<stream>>> dial(const endpoint& remote,
                                                            const dial_options& options) = 0;

  /// Addresses of `host` (a name or a literal), in the order to try.
  virtual awaitable<io_value<std::vector<ip_address>>> resolve(std::string host) = 0;

  /// Addresses of the interfaces that are up, loopback included.
  virtual std::vector<ip_address> interface_addresses() = 0;

  /// How connections of `self` on this network learn who is at their other end: TLS 1.3 with both
  /// keys proven. Only a simulated network may answer something cheaper. The network outlives it.
  virtual std::shared_ptr<const handshaker> make_handshaker(const identity& self);
};

}  // namespace hobnob

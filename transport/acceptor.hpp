#pragma once

#include "transport/admission.hpp"
#include "transport/circuit_pass.hpp"
#include "transport/connection.hpp"
#include "transport/handshaker.hpp"

#include <functional>

namespace hobnob {

struct acceptor_config {
  admission_limits admission;
  duration login_timeout = std::chrono::seconds{8};  ///< From the accept to `set_authenticated`.
  std::size_t login_size_max = 16 * 1024;            ///< Bytes in frames until then.

  /// Takes connections that want to be joined (docs/protocol.md, "Circuits"), with their place
  /// among those that have not logged in, which is to be given up before the stream is. Empty:
  /// there are none.
  std::function<void(std::unique_ptr<stream>, const circuit_token&, std::shared_ptr<void>)>
      take_circuit = {};
};

/// Since the acceptor was made.
struct acceptor_counts {
  std::uint64_t accepted = 0;     ///< TCP connections.
  std::uint64_t established = 0;  ///< Of these, handed on with TLS up.
  std::uint64_t failed = 0;       ///< Of these, refused: no TLS, a bad certificate, too late, ...
  std::uint64_t dropped = 0;      ///< Dropped before the login to make room.
  std::size_t waiting = 0;        ///< Now open and not logged in.
};

/// Accepts on any number of listeners, secures what arrives, and hands it on. Loop thread only;
/// `net` must outlive it and all its connections. A refused connection leaves one log line, so many
/// a second at most.
class acceptor {
 public:
  /// A connection with TLS up, not reading yet: give it a handler with `start_connection`, or drop
  /// it.
  using on_connection = std::function<void(connection_ptr)>;

  acceptor(network& net, std::shared_ptr<const handshaker> secure, acceptor_config config,
           on_connection tell);
  ~acceptor();  ///< As `stop()`.

  acceptor(const acceptor&) = delete;
  acceptor& operator=(const acceptor&) = delete;

  void add(std::unique_ptr<listener> from);

  /// Closes the listeners and what is still in its handshake; established connections live on.
  void stop();

  acceptor_counts counts() const;

 private:
  struct state;
  std::shared_ptr<state> state_;
};

}  // namespace hobnob

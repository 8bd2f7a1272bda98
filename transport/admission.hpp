#pragma once

#include "transport/endpoint.hpp"

#include <array>
#include <functional>
#include <list>
#include <map>
#include <memory>

namespace hobnob {

/// How many connections that have not logged in a listening side bears.
struct admission_limits {
  std::size_t total_max = 512;
  std::size_t per_group_max = 64;  ///< Per IPv4 /24 or IPv6 /64.
};

/// How far a connection has come before its login.
enum class admission_stage : std::uint8_t {
  silent,       ///< Not a byte so far.
  handshaking,  ///< TLS has begun.
  login,        ///< TLS is up.
};

/// Keeps the number of connections that have not logged in within limits. A newcomer is always let
/// in; beyond a limit someone else goes: the one that has come least far, among those the oldest.
/// So many idle connections do not keep honest users out. Pure: it only computes. `ticket`s may
/// outlive it.
class admission {
 public:
  class ticket;

  explicit admission(admission_limits limits);

  /// A place for a connection from `address`, held until the ticket dies. `drop` is called, at most
  /// once, if the place is needed for another; it must end the connection.
  std::shared_ptr<ticket> admit(const ip_address& address, std::function<void()> drop);

  std::size_t count() const noexcept;
  std::uint64_t dropped() const noexcept;

 private:
  struct state;
  std::shared_ptr<state> state_;
};

class admission::ticket {
 public:
  ~ticket();
  ticket(const ticket&) = delete;
  ticket& operator=(const ticket&) = delete;

  /// It came further, and is ended in another way from now on.
  void advance(admission_stage stage, std::function<void()> drop);
  void advance(admission_stage stage);

 private:
  friend class admission;
  ticket() = default;

  std::shared_ptr<state> state_;
  std::array<std::uint8_t, 9> group_{};
  admission_stage stage_ = admission_stage::silent;
  std::list<ticket*>::iterator place_;
  std::function<void()> drop_;
  bool listed_ = false;
};

}  // namespace hobnob

#pragma once

#include "transport/connection.hpp"
#include "transport/network.hpp"
#include "transport/tls/tls_context.hpp"

#include <functional>
#include <memory>
#include <string>

namespace hobnob::bench {

struct load_loop;

/// A user of a load generator: a real connection with a real login, and nothing behind it. The
/// thread of `net` only.
class load_session final : public connection_handler,
                           public std::enable_shared_from_this<load_session> {
 public:
  /// A user of its own, with a name and a key made from `number`.
  load_session(network& net, unsigned number, bool subscribed);

  /// Calls `done` once: logged in, or not (see `trouble`).
  void log_in(endpoint relay, std::function<void(bool)> done);

  /// Says goodbye; without it the connection and the session keep each other alive.
  void log_out() { connection_->close({close_reason::goodbye}); }

  /// Sends `count` envelopes of `body` to `receiver`.
  void send_envelopes(std::uint64_t receiver, const shared_slice& body, std::size_t count);

  /// Called with the number of envelopes that one read brought.
  std::function<void(std::size_t)> on_envelopes;

  std::uint64_t session() const noexcept { return session_; }
  bool closed() const noexcept { return closed_; }
  const std::string& trouble() const noexcept { return trouble_; }

 private:
  awaitable<void> dial_and_greet(endpoint relay);
  void send_login();
  void ended(std::string trouble);
  void on_frames(frame_batch batch) override;
  void on_drained() override {}
  void on_closed(const close_info& why) override;

  network& net_;
  std::shared_ptr<const tls_context> context_;
  std::string user_;
  bool subscribed_ = false;
  std::function<void(bool)> done_;
  connection_ptr connection_;
  std::uint64_t session_ = 0;
  bool closed_ = false;
  std::string trouble_;
};

using load_session_ptr = std::shared_ptr<load_session>;

/// Logs `count` users in, some at a time, running `loop` until they are; throws if one fails.
std::vector<load_session_ptr> log_in_users(load_loop& loop, endpoint relay, std::size_t count,
                                           unsigned first_number, bool subscribed);

}  // namespace hobnob::bench

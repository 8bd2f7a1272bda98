#include "transport/framed_connection.hpp"

#include "transport/wire/close_frame.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <utility>

namespace hobnob {

namespace asio = boost::asio;

namespace {

frame_observer* observer_of(network& net) {
  auto* watched = dynamic_cast<observed_network*>(&net);
  return watched ? watched->observer() : nullptr;
}

}  // namespace

connection_ptr make_connection(network& net, std::unique_ptr<stream> bytes_of, connection_info info,
                               connection_config config) {
  auto core =
      std::make_shared<framed_connection>(net, std::move(bytes_of), info, std::move(config));
  // Coroutines keep the core alive; the handles have a count of their own, whose end is the end of
  // the connection.
  auto* handle = core.get();
  return connection_ptr{handle, [core = std::move(core)](connection_handle*) mutable {
                          // Let go now: the deleter itself lives as long as weak pointers do.
                          std::exchange(core, nullptr)->release();
                        }};
}

void start_connection(const connection_ptr& connection,
                      std::shared_ptr<connection_handler> handler) {
  dynamic_cast<framed_connection&>(*connection).start(std::move(handler));
}

framed_connection::framed_connection(network& net, std::unique_ptr<stream> bytes_of,
                                     connection_info info, connection_config config)
    : net_(net),
      observer_(observer_of(net)),
      executor_(net.executor()),
      turn_(loop_turn::of(executor_)),
      stream_(std::move(bytes_of)),
      info_(info),
      config_(std::move(config)),
      limit_(net.deadlines(), [this] { expired(); }) {
  last_received_ = net_.time().now().time_since_epoch().count();
  if (observer_) observer_->connection_made(info_);
  arm();
}

framed_connection::~framed_connection() = default;

bool framed_connection::on_loop() const {
  const auto* loop = executor_.target<asio::io_context::executor_type>();
  return loop != nullptr && loop->running_in_this_thread();
}

void framed_connection::start(std::shared_ptr<connection_handler> handler) {
  handler_ = std::move(handler);
  if (phase_ == phase::fresh) {
    phase_ = phase::open;
    return start_reading();
  }
  if (phase_ != phase::closed) return;
  // It ended before anyone listened: the end is told all the same.
  asio::post(executor_,
             [handler = std::exchange(handler_, nullptr), why = end_] { handler->on_closed(why); });
}

void framed_connection::release() {
  if (ended_) return;
  on_loop_do([](framed_connection& self) {
    if (self.phase_ != phase::fresh) return self.begin_close({close_reason::goodbye});
    self.finish(stream::close_mode::graceful);
  });
}

void framed_connection::set_authenticated() {
  on_loop_do([](framed_connection& self) {
    self.authenticated_ = true;
    self.config_.login_until = time_point::max();
    self.config_.login_token.reset();
    self.arm();
  });
}

void framed_connection::close(close_info why) {
  ended_ = true;  // At once for the caller, whatever its thread: what it sends from now on would
                  // come too late.
  on_loop_do([why = std::move(why)](framed_connection& self) mutable {
    self.begin_close(std::move(why));
  });
}

std::chrono::steady_clock::time_point framed_connection::last_received() const noexcept {
  if (held_back_ && !ended_) return net_.time().now();
  return time_point{duration{last_received_.load()}};
}

/// The orderly end: what is queued, then the reason, then the end of writing; then the other side's
/// end is awaited, so that no reset (for bytes that no one read) overtakes the reason.
void framed_connection::begin_close(close_info why) {
  if (phase_ == phase::closing || phase_ == phase::closed) return;
  end_ = std::move(why);
  ended_ = true;
  phase_ = phase::closing;
  tell_end();
  if (end_.reason == close_reason::heartbeat || end_.reason == close_reason::reset) {
    return finish(stream::close_mode::abort);
  }
  // Who is too slow for what was queued will not take it now either; the reason is short.
  if (end_.reason == close_reason::overflow) queue_.drop_waiting();
  outgoing_frame last{
      frame_type::control, frame_priority::bulk, {}, shared_slice::of(wire::encode_close(end_))};
  if (push(last) == send_status::overflow) return finish(stream::close_mode::abort);
  close_until_ = net_.time().now() + config_.close_timeout;
  arm();
  schedule_flush();
  start_reading();
}

void framed_connection::lost(error_code error) {
  if (phase_ == phase::closed) return;
  if (phase_ == phase::closing) return finish(stream::close_mode::graceful);
  end_.reason = close_reason::reset;
  end_.detail = describe(error);
  if (error == asio::error::eof)
    end_.detail = "the other side closed the connection without a word";
  if (error == errc::refused_by_peer) end_.reason = close_reason::refused;
  if (error == errc::tls_failed) end_.reason = close_reason::protocol;
  finish(stream::close_mode::abort);
}

void framed_connection::finish(stream::close_mode mode) {
  if (phase_ == phase::closed) return;
  phase_ = phase::closed;
  ended_ = true;
  tell_end();
  stream_->close(mode);
  limit_.disarm();
  config_.login_token.reset();
  queue_ = send_queue{};
  queued_ = 0;
  release_stream();
  if (!handler_) return;
  asio::post(executor_,
             [handler = std::exchange(handler_, nullptr), why = end_] { handler->on_closed(why); });
}

/// Sockets must go before their loop does, and a handle may live longer.
void framed_connection::release_stream() {
  if (phase_ == phase::closed && !reading_ && !writing_) stream_.reset();
}

void framed_connection::tell_end() {
  if (observer_ && !std::exchange(end_told_, true)) observer_->connection_ended(info_);
}

void framed_connection::arm() {
  limit_.arm(std::min({config_.login_until, write_until_, close_until_}));
}

void framed_connection::expired() {
  auto self = shared_from_this();
  auto now = net_.time().now();
  if (close_until_ <= now) return finish(stream::close_mode::abort);
  if (write_until_ <= now) {
    end_ = {close_reason::overflow, make_error_code(errc::write_stalled).message()};
    return finish(stream::close_mode::abort);
  }
  if (config_.login_until <= now) {
    config_.login_until = time_point::max();
    begin_close(
        {close_reason::refused, make_error_code(errc::login_timeout).message(), "login-timeout"});
  }
  arm();
}

}  // namespace hobnob

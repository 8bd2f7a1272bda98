#include "transport/framed_connection.hpp"
#include "transport/spawn_task.hpp"
#include "transport/timed_ping.hpp"
#include "transport/wire/close_frame.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>

namespace hobnob {
namespace {

namespace asio = boost::asio;

constexpr std::size_t read_size = 64 * 1024;
constexpr std::size_t probe_size = 8;
constexpr int reads_per_turn = 4;  // Then others get theirs.

/// Read into by all connections of a thread: none holds it across a wait.
std::span<std::byte> read_scratch() {
  static thread_local std::unique_ptr<std::byte[]> scratch{new std::byte[read_size]};
  return {scratch.get(), read_size};
}

}  // namespace

void framed_connection::start_reading() {
  if (reading_) return;
  reading_ = true;
  spawn_task(executor_, [self = shared_from_this()] { return self->read_loop(); });
}

awaitable<void> framed_connection::read_loop() {
  auto self = shared_from_this();
  for (;;) {
    const auto next = read_turn();
    if (next == next_read::stop) break;
    if (next == next_read::again) {
      co_await asio::post(executor_, asio::use_awaitable);
      continue;
    }
    if (auto error = co_await stream_->wait_readable()) {
      lost(error);
      break;
    }
  }
  reading_ = false;
  release_stream();
}

/// Reads, and lets the loop's turn end: who deals with what came may acknowledge it, answer it or
/// close the connection before this returns.
framed_connection::next_read framed_connection::read_turn() {
  auto next = next_read::again;
  in_read_turn_ = true;
  turn_.run([&] {
    for (int i = 0; i < reads_per_turn && next == next_read::again; ++i) next = read_once();
  });
  in_read_turn_ = false;
  if (phase_ == phase::closed) return next_read::stop;
  if (next != next_read::hold) return next;
  return held_back_ && phase_ == phase::open ? next_read::stop : next_read::again;
}

framed_connection::next_read framed_connection::read_once() {
  if (phase_ == phase::closed) return next_read::stop;
  if (phase_ == phase::open && unacknowledged_ > config_.credit) {
    held_back_ = true;  // Until `acknowledge`, which starts the loop again if it has ended.
    return next_read::hold;
  }
  auto space = phase_ == phase::open ? decoder_.room() : std::span<std::byte>{};
  const bool direct = !space.empty();
  if (!direct) space = read_scratch();
  auto got = stream_->try_read(space);
  if (got.count > 0) {
    received_.fetch_add(got.count, std::memory_order_relaxed);
    last_received_ = net_.time().now().time_since_epoch().count();
    if (phase_ == phase::open) take(byte_view{space}.first(got.count), direct);
    if (phase_ == phase::closed) return next_read::stop;
  }
  if (got.error == asio::error::would_block) return next_read::wait;
  if (got.error) {
    lost(got.error);
    return next_read::stop;
  }
  return got.count < space.size() ? next_read::wait : next_read::again;
}

/// `direct`: it stands in the decoder's own memory already.
void framed_connection::take(byte_view data, bool direct) {
  if (!authenticated_ && config_.login_size_max > 0) {
    login_size_ += data.size();
    if (login_size_ > config_.login_size_max) {
      return begin_close({close_reason::refused, make_error_code(errc::login_too_large).message(),
                          "login-too-large"});
    }
  }
  frame_batch batch;
  failure bad;
  if (direct) {
    decoder_.fill(data.size(), batch);
  } else {
    bad = decoder_.decode(data, batch);
  }
  if (!batch.entries().empty()) deliver(std::move(batch));
  if (bad) begin_close({close_reason::protocol, bad.text(), "frame"});
}

/// Takes out what concerns the connection itself, and passes on the rest.
void framed_connection::deliver(frame_batch batch) {
  bool goodbye = false;
  close_info why;
  batch.remove_if([&](const frame_batch::entry& e) {
    if (goodbye || phase_ != phase::open) return true;  // Nothing may follow the end.
    auto payload = batch.view(e);
    if (observer_) observer_->frame_taken(info_, e.type, payload.size());
    bool is_probe = e.type == frame_type::ping || e.type == frame_type::pong;
    if (is_probe && payload.size() != probe_size) {
      begin_close({close_reason::protocol, "a ping or pong that is not eight bytes", "frame"});
      return true;
    }
    switch (e.type) {
      case frame_type::ping:
        if (push({frame_type::pong, frame_priority::urgent, payload, {}}) ==
            send_status::overflow) {
          begin_close({close_reason::overflow, "pings came faster than answers could leave"});
        }
        schedule_flush();
        return true;
      case frame_type::pong:
        return take_pong(payload);
      case frame_type::control:
        if (auto close = wire::decode_close(payload)) {
          goodbye = true;
          why = std::move(*close);
        }
        return goodbye;
      default:
        return false;
    }
  });
  if (phase_ == phase::closed) return;
  if (!batch.entries().empty()) {
    unacknowledged_ += batch.wire_size();
    auto handler = handler_;
    handler->on_frames(std::move(batch));
  }
  if (!goodbye || phase_ != phase::open) return;
  end_ = std::move(why);
  stream_->shutdown();
  finish(stream::close_mode::graceful);
}

/// Whether nobody else wants it: it measures, or nothing asked for it but the wish to hear
/// something.
bool framed_connection::take_pong(byte_view payload) {
  if (const auto took = timed_ping_took(payload, net_.time().now())) note_round_trip(*took);
  return is_timed_ping(payload) ||
         std::ranges::all_of(payload, [](std::byte octet) { return octet == std::byte{}; });
}

void framed_connection::acknowledge(std::size_t count) {
  on_loop_do([count](framed_connection& self) {
    self.unacknowledged_ -= std::min(count, self.unacknowledged_);
    // Half, so that reading does not stop and go with every frame.
    if (!self.held_back_ || self.unacknowledged_ > self.config_.credit / 2) return;
    self.held_back_ = false;
    if (self.phase_ != phase::open) return;
    self.last_received_ = self.net_.time().now().time_since_epoch().count();
    self.start_reading();
  });
}

}  // namespace hobnob

#include "transport/framed_connection.hpp"
#include "transport/spawn_task.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>

namespace hobnob {
namespace {

namespace asio = boost::asio;

constexpr std::size_t batch_size = 256 * 1024;
constexpr int batches_per_turn = 4;

std::size_t wire_size(const outgoing_frame& frame) {
  return frame_header_size + frame.head.size() + frame.body.size();
}

}  // namespace

/// A frame on its way from another thread: the head is copied, the body shared.
struct framed_connection::held_frame {
  explicit held_frame(const outgoing_frame& frame)
      : frame_(frame), head_(frame.head.begin(), frame.head.end()) {}

  outgoing_frame get() const { return {frame_.type, frame_.priority, head_, frame_.body}; }

 private:
  outgoing_frame frame_;
  bytes head_;
};

send_status framed_connection::send(std::span<const outgoing_frame> frames) {
  if (ended_) return send_status::closed;
  if (!on_loop()) return post_frames(frames);
  auto worst = send_status::sent;
  for (const auto& frame : frames) worst = std::max(worst, push(frame));
  schedule_flush();
  return worst;
}

send_status framed_connection::post_frames(std::span<const outgoing_frame> frames) {
  std::size_t size = 0;
  for (const auto& frame : frames) size += wire_size(frame);
  send_queue_limits limits;
  auto before = posted_.fetch_add(size) + queued_;
  if (before + size > limits.hard_limit) {
    posted_ -= size;
    return send_status::overflow;
  }
  const bool told_full = before + size > limits.high_water;
  std::vector<held_frame> held(frames.begin(), frames.end());
  asio::post(executor_, [self = shared_from_this(), held = std::move(held), size, told_full] {
    if (self->phase_ == phase::closing || self->phase_ == phase::closed) return;
    if (told_full) self->queue_.note_full();
    for (const auto& frame : held) {
      // The sender was told that it is queued: it must not be lost in silence.
      if (self->push(frame.get()) == send_status::overflow) {
        return self->begin_close(
            {close_reason::overflow, "more was sent than the other side takes"});
      }
    }
    self->posted_ -= size;
    self->schedule_flush();
  });
  return told_full ? send_status::full : send_status::sent;
}

send_status framed_connection::push(const outgoing_frame& frame) {
  auto status = queue_.push(frame);
  queued_ = queue_.size();
  if (observer_ && status != send_status::overflow) {
    observer_->frame_queued(info_, frame.type, frame.head.size() + frame.body.size(), queued_);
  }
  return status;
}

/// At the end of this turn of the loop, so that all that is sent meanwhile leaves in one write.
/// Where many connections send to this one, a turn each, their frames are gathered from the second
/// turn on until the loop has been round.
void framed_connection::schedule_flush() {
  if (flush_due_ || writing_ || phase_ == phase::closed) return;
  flush_due_ = true;
  const bool gather = !in_read_turn_ && turn_.number() == flushed_in_ + 1;
  if (!gather) return turn_.at_end(turn_stage::write, shared_from_this());
  asio::post(executor_, [self = shared_from_this()] { self->run_at_turn_end(); });
}

void framed_connection::run_at_turn_end() {
  flush_due_ = false;
  flushed_in_ = turn_.number();
  flush();
}

void framed_connection::flush() {
  if (phase_ == phase::closed || writing_) return;
  auto error = write_queued();
  if (phase_ == phase::closed) return;
  if (error != asio::error::would_block) return end_writing(error);
  writing_ = true;
  write_until_ = net_.time().now() + config_.write_timeout;
  arm();
  spawn_task(executor_, [self = shared_from_this()] { return self->write_loop(); });
}

/// Writes until the queue is empty, the stream full (`would_block`) or others should have a turn.
error_code framed_connection::write_queued() {
  static thread_local std::vector<byte_view> views;
  for (int i = 0; i < batches_per_turn; ++i) {
    views.clear();
    queue_.gather(views, batch_size);
    auto written = stream_->try_write(views);
    queue_.consume(written.count);
    queued_ = queue_.size();
    sent_.fetch_add(written.count, std::memory_order_relaxed);
    if (queue_.take_drained() && handler_) {
      auto handler = handler_;
      handler->on_drained();
      if (phase_ == phase::closed) return {};
    }
    if (written.error || queue_.empty()) return written.error;
  }
  return {};
}

awaitable<void> framed_connection::write_loop() {
  auto self = shared_from_this();
  error_code error;
  for (;;) {
    error = co_await stream_->wait_writable();
    if (phase_ == phase::closed || error) break;
    write_until_ = net_.time().now() + config_.write_timeout;
    error = write_queued();
    if (phase_ == phase::closed || error != asio::error::would_block) break;
    arm();
  }
  writing_ = false;
  write_until_ = time_point::max();
  if (phase_ == phase::closed) {
    release_stream();
    co_return;
  }
  arm();
  end_writing(error);
}

void framed_connection::end_writing(error_code error) {
  if (error) return lost(error);
  if (!queue_.empty()) return schedule_flush();
  if (phase_ != phase::closing || shut_down_) return;
  shut_down_ = true;
  if (auto failed = stream_->shutdown()) return lost(failed);
  flush();  // What the stream itself still holds.
}

}  // namespace hobnob

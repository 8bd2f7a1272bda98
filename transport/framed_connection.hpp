#pragma once

#include "transport/connection.hpp"
#include "transport/frame_codec.hpp"
#include "transport/frame_observer.hpp"
#include "transport/loop_turn.hpp"
#include "transport/send_queue.hpp"

#include <boost/asio/post.hpp>

#include <atomic>
#include <cstdint>

namespace hobnob {

/// Behind `make_connection`. Costs one coroutine while idle, a second one only while the other side
/// takes bytes more slowly than they come. All state but the atomics belongs to the loop thread.
class framed_connection final : public connection_handle,
                                public turn_work,
                                public std::enable_shared_from_this<framed_connection> {
 public:
  framed_connection(network& net, std::unique_ptr<stream> bytes_of, connection_info info,
                    connection_config config);
  ~framed_connection() override;

  void start(std::shared_ptr<connection_handler> handler);

  /// The last handle is gone.
  void release();

  const connection_info& info() const noexcept override { return info_; }
  send_status send(const outgoing_frame& frame) override { return send({&frame, 1}); }
  send_status send(std::span<const outgoing_frame> frames) override;
  void acknowledge(std::size_t count) override;
  void set_authenticated() override;
  void close(close_info why) override;
  std::chrono::steady_clock::time_point last_received() const noexcept override;
  std::chrono::microseconds round_trip() const noexcept override {
    return std::chrono::microseconds{round_trip_};
  }
  void note_round_trip(std::chrono::microseconds took) noexcept override {
    round_trip_ = took.count();
  }
  std::size_t queued_bytes() const noexcept override { return queued_ + posted_; }
  std::uint64_t bytes_sent() const noexcept override { return sent_; }
  std::uint64_t bytes_received() const noexcept override { return received_; }

  /// Writes what this turn of the loop has queued.
  void run_at_turn_end() override;

 private:
  enum class phase { fresh, open, closing, closed };
  enum class next_read { again, wait, hold, stop };
  struct held_frame;

  bool on_loop() const;

  /// Now if this is the loop's thread, else soon.
  template <class Function>
  void on_loop_do(Function function) {
    if (on_loop()) return function(*this);
    boost::asio::post(executor_, [self = shared_from_this(),
                                  function = std::move(function)]() mutable { function(*self); });
  }

  // Reading (framed_connection_read.cpp).
  void start_reading();
  awaitable<void> read_loop();
  next_read read_turn();
  next_read read_once();
  void take(byte_view data, bool direct);
  void deliver(frame_batch batch);
  bool take_pong(byte_view payload);

  // Writing (framed_connection_write.cpp).
  send_status post_frames(std::span<const outgoing_frame> frames);
  send_status push(const outgoing_frame& frame);
  void schedule_flush();
  void flush();
  error_code write_queued();
  awaitable<void> write_loop();
  void end_writing(error_code error);

  // Ending.
  void begin_close(close_info why);
  void lost(error_code error);
  void finish(stream::close_mode mode);
  void release_stream();
  void tell_end();
  void arm();
  void expired();

  network& net_;
  frame_observer* const observer_;  ///< Null but in simulations.
  boost::asio::any_io_executor executor_;
  loop_turn& turn_;
  std::unique_ptr<stream> stream_;
  connection_info info_;
  connection_config config_;
  std::shared_ptr<connection_handler> handler_;
  frame_decoder decoder_;
  send_queue queue_;
  close_info end_;
  deadline limit_;
  time_point write_until_ = time_point::max();
  time_point close_until_ = time_point::max();
  std::size_t unacknowledged_ = 0;
  std::size_t login_size_ = 0;
  phase phase_ = phase::fresh;
  bool reading_ = false;  ///< The read loop lives.
  bool writing_ = false;  ///< The write loop lives.
  bool flush_due_ = false;
  bool in_read_turn_ = false;
  std::uint64_t flushed_in_ = std::uint64_t(-1);  ///< The number of the last turn that wrote.
  bool authenticated_ = false;
  bool end_told_ = false;   ///< To the observer.
  bool shut_down_ = false;  ///< All is written, the end of writing told.

  std::atomic<bool> ended_{false};      ///< Nothing is taken any more.
  std::atomic<bool> held_back_{false};  ///< Reading waits for `acknowledge`.
  std::atomic<time_point::rep> last_received_{0};
  std::atomic<std::chrono::microseconds::rep> round_trip_{-1};
  std::atomic<std::size_t> queued_{0};
  std::atomic<std::size_t> posted_{0};  ///< On the way from another thread.
  std::atomic<std::uint64_t> sent_{0};
  std::atomic<std::uint64_t> received_{0};
};

}  // namespace hobnob

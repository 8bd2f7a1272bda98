#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/execution_context.hpp>
#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>

namespace hobnob {

/// The stages that end a turn, in order: first who decides on what was read, then who writes what
/// was decided.
enum class turn_stage : std::uint8_t { decide, write };

/// Something to be done at the end of a turn.
class turn_work {
 public:
  virtual void run_at_turn_end() = 0;

 protected:
  ~turn_work() = default;
};

/// A turn of the loop: one handler of an `io_context`, from what it read to what is written because
/// of it, without another lap of the loop (a system call or two each) between the three.
///
/// Each stage runs once in a turn, with what waits for it by then; what comes for a stage that has
/// begun, or outside of a turn, is posted and gets a turn of its own. So a turn has an end, nothing
/// nests, and sockets and timers get theirs. One `loop_turn` for each `io_context`, which one
/// thread runs and which destroys it. Loop thread only.
class loop_turn final : public boost::asio::execution_context::service {
 public:
  static inline boost::asio::execution_context::id id;

  explicit loop_turn(boost::asio::execution_context& context) : service(context) {}

  /// The turn of the `io_context` that `executor` (or `context` itself) stands for; any thread.
  static loop_turn& of(const boost::asio::any_io_executor& executor);
  static loop_turn& of(boost::asio::execution_context& context);

  /// Runs `body` and then the stages. In a turn already: `body` alone, the outer one goes on. What
  /// an exception leaves undone gets another turn.
  template <class Body>
  void run(Body&& body) {
    if (is_open()) return body();
    const ending at_end{*this};
    next_stage_ = 0;
    ++number_;
    body();
    run_stages();
  }

  void at_end(turn_stage stage, std::shared_ptr<turn_work> work);

  /// Of this turn, or of the last one outside of any: each has one more than the one before.
  std::uint64_t number() const noexcept { return number_; }

 private:
  static constexpr std::size_t stages = 2;

  struct ending {
    loop_turn& self;
    ~ending() { self.leave(); }
  };

  bool is_open() const noexcept { return next_stage_ < closed; }
  void run_stages();
  void leave();
  void post_turn();
  void shutdown() override;

  static constexpr std::size_t closed = stages + 1;

  std::array<std::deque<std::shared_ptr<turn_work>>, stages> waiting_;
  std::size_t next_stage_ = closed;  ///< The first that has not begun in this turn.
  bool posted_ = false;
  std::uint64_t number_ = 0;
};

}  // namespace hobnob

#pragma once

#include "transport/clock.hpp"
#include "transport/sim/event_function.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace hobnob::sim {

/// Names one queued event; the default names none. Never used twice, so a late `cancel` of an event
/// that has run is harmless.
struct event_id {
  std::uint64_t sequence = 0;
  std::uint32_t slot = 0;

  friend bool operator==(const event_id&, const event_id&) = default;
};

/// How an event is run.
enum class event_kind : std::uint8_t {
  program,  ///< As a handler of the run queue: may run what belongs to programs.
  network,  ///< Outside of any handler, which costs less: moves packets, wakes who waits.
};

struct queued_event {
  event_function function;
  event_kind kind = event_kind::program;
};

/// Functions by (time, order of `push`). A four-way heap of small entries beside a table of
/// functions; a cancelled event's entry stays in the heap until it comes up or until such entries
/// are the majority.
class event_queue {
 public:
  event_id push(time_point at, event_function function, event_kind kind = event_kind::program);

  /// False if it has run or was cancelled before. The function is destroyed at once.
  bool cancel(event_id id);

  /// The time of the next event.
  std::optional<time_point> next_time();

  /// Takes the next event out. Only if there is one.
  queued_event pop();

  std::size_t size() const noexcept { return live_; }
  bool empty() const noexcept { return live_ == 0; }

 private:
  struct entry {
    time_point at;
    std::uint64_t sequence;
    std::uint32_t slot;
  };

  struct slot {
    std::uint64_t sequence = 0;  // Of the event it holds; 0: free.
    queued_event event;
  };

  static bool earlier(const entry& a, const entry& b) noexcept;
  bool stale(const entry& candidate) const noexcept;
  void free_slot(std::uint32_t index);
  void drop_stale_top();
  void pop_entry();
  void sift_up(std::size_t index);
  void sift_down(std::size_t index);
  void compact();

  std::vector<entry> heap_;
  std::vector<slot> slots_;
  std::vector<std::uint32_t> free_;
  std::uint64_t last_sequence_ = 0;
  std::size_t live_ = 0;
};

}  // namespace hobnob::sim

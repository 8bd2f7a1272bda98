#include "transport/sim/event_queue.hpp"

#include <algorithm>

namespace hobnob::sim {

namespace {

constexpr std::size_t branching = 4;  // Shallower than a binary heap; four entries are neighbours.
constexpr std::size_t compact_from = 1024;

}  // namespace

bool event_queue::earlier(const entry& a, const entry& b) noexcept {
  return a.at != b.at ? a.at < b.at : a.sequence < b.sequence;
}

bool event_queue::stale(const entry& candidate) const noexcept {
  return slots_[candidate.slot].sequence != candidate.sequence;
}

event_id event_queue::push(time_point at, event_function function, event_kind kind) {
  std::uint32_t index;
  if (free_.empty()) {
    index = static_cast<std::uint32_t>(slots_.size());
    slots_.emplace_back();
  } else {
    index = free_.back();
    free_.pop_back();
  }
  const std::uint64_t sequence = ++last_sequence_;
  slots_[index].sequence = sequence;
  slots_[index].event.function = std::move(function);
  slots_[index].event.kind = kind;
  heap_.push_back({at, sequence, index});
  sift_up(heap_.size() - 1);
  ++live_;
  return {sequence, index};
}

bool event_queue::cancel(event_id id) {
  if (id.sequence == 0 || id.slot >= slots_.size() || slots_[id.slot].sequence != id.sequence) {
    return false;
  }
  // Out of the table before it is destroyed: its destructor may push or cancel.
  event_function function = std::move(slots_[id.slot].event.function);
  free_slot(id.slot);
  if (heap_.size() >= compact_from && heap_.size() > 2 * live_) compact();
  return true;
}

std::optional<time_point> event_queue::next_time() {
  drop_stale_top();
  if (heap_.empty()) return std::nullopt;
  return heap_.front().at;
}

queued_event event_queue::pop() {
  drop_stale_top();
  const std::uint32_t index = heap_.front().slot;
  queued_event event = std::move(slots_[index].event);
  free_slot(index);
  pop_entry();
  return event;
}

void event_queue::free_slot(std::uint32_t index) {
  slots_[index].sequence = 0;
  free_.push_back(index);
  --live_;
}

void event_queue::drop_stale_top() {
  while (!heap_.empty() && stale(heap_.front())) pop_entry();
}

void event_queue::pop_entry() {
  heap_.front() = heap_.back();
  heap_.pop_back();
  if (!heap_.empty()) sift_down(0);
}

void event_queue::sift_up(std::size_t index) {
  const entry moving = heap_[index];
  while (index > 0) {
    const std::size_t parent = (index - 1) / branching;
    if (!earlier(moving, heap_[parent])) break;
    heap_[index] = heap_[parent];
    index = parent;
  }
  heap_[index] = moving;
}

void event_queue::sift_down(std::size_t index) {
  const entry moving = heap_[index];
  while (true) {
    const std::size_t first = index * branching + 1;
    if (first >= heap_.size()) break;
    const std::size_t end = std::min(first + branching, heap_.size());
    std::size_t least = first;
    for (std::size_t child = first + 1; child < end; ++child) {
      if (earlier(heap_[child], heap_[least])) least = child;
    }
    if (!earlier(heap_[least], moving)) break;
    heap_[index] = heap_[least];
    index = least;
  }
  heap_[index] = moving;
}

void event_queue::compact() {
  std::erase_if(heap_, [this](const entry& candidate) { return stale(candidate); });
  // A sorted array is a heap, and (time, sequence) has no equals: the order cannot change.
  std::sort(heap_.begin(), heap_.end(), earlier);
}

}  // namespace hobnob::sim

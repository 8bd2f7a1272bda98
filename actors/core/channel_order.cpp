#include "actors/core/channel_order.hpp"

#include <utility>

namespace hobnob::core {
namespace {

void answer(const message& to, receipt_status status, inbox_actions& out) {
  if (to.acknowledged) out.receipts.push_back({to.id, status});
}

}  // namespace

bool channel_order::is_new(std::uint64_t sequence) const {
  const auto verdict = window_.judge(sequence);
  return verdict == dedup_window::verdict::next ||
         (verdict == dedup_window::verdict::ahead && !held_.contains(sequence));
}

void channel_order::accept(message incoming, receipt_status status, time_point now,
                           hold_back_budget& budget, inbox_actions& out) {
  if (incoming.floor > window_.floor()) pass_floor(incoming.floor, now, budget, out);
  switch (window_.judge(incoming.sequence)) {
    case dedup_window::verdict::stale:
      return;
    case dedup_window::verdict::shown:
      return answer(incoming, receipt_status::delivered, out);
    case dedup_window::verdict::given_up:
      return answer(incoming,
                    status == receipt_status::delivered ? receipt_status::refused : status, out);
    case dedup_window::verdict::ahead:
      return hold(std::move(incoming), status, now, budget, out);
    case dedup_window::verdict::next:
      take_next(std::move(incoming), status, out);
      return release(now, budget, out);
  }
}

// A message that waits gets its receipt when it is shown: until then its sender keeps it.
void channel_order::hold(message incoming, receipt_status status, time_point now,
                         hold_back_budget& budget, inbox_actions& out) {
  if (status != receipt_status::delivered) answer(incoming, status, out);
  if (held_.contains(incoming.sequence)) return;
  // A copy: a small content must not keep the whole buffer of one read alive.
  if (status == receipt_status::delivered) {
    incoming.content = shared_slice::copy_of(incoming.content.view());
  } else {
    incoming.content = {};
  }
  if (held_.empty()) start_waiting(now);
  budget.messages += 1;
  budget.bytes += incoming.content.size();
  const auto sequence = incoming.sequence;
  held_.emplace(sequence, held{std::move(incoming), status});
  while (budget.exceeded() && !held_.empty()) skip_first_gap(now, budget, out);
}

void channel_order::start_waiting(time_point now) {
  waiting_since_ = now;
  waiting_for_ = window_.next();
}

void channel_order::take_next(message incoming, receipt_status status, inbox_actions& out) {
  answer(incoming, status, out);
  if (status != receipt_status::delivered) return window_.give_up_to(window_.next() + 1);
  window_.take_next();
  out.show.push_back({std::move(incoming), std::exchange(gap_, false)});
}

void channel_order::release(time_point now, hold_back_budget& budget, inbox_actions& out) {
  if (held_.empty()) return;
  while (!held_.empty() && held_.begin()->first == window_.next()) {
    auto first = std::move(held_.begin()->second);
    held_.erase(held_.begin());
    budget.messages -= 1;
    budget.bytes -= first.message.content.size();
    if (first.status == receipt_status::delivered) {
      take_next(std::move(first.message), first.status, out);
    } else {
      window_.give_up_to(window_.next() + 1);  // Answered when it came.
    }
  }
  if (window_.next() != waiting_for_) start_waiting(now);
}

void channel_order::skip_first_gap(time_point now, hold_back_budget& budget, inbox_actions& out) {
  window_.give_up_to(held_.begin()->first);
  gap_ = true;
  release(now, budget, out);
}

void channel_order::pass_floor(std::uint64_t floor, time_point now, hold_back_budget& budget,
                               inbox_actions& out) {
  while (!held_.empty() && held_.begin()->first < floor) skip_first_gap(now, budget, out);
  if (floor > window_.next()) gap_ = true;
  window_.raise_floor(floor);
  release(now, budget, out);
}

void channel_order::tick(time_point now, duration patience, hold_back_budget& budget,
                         inbox_actions& out) {
  if (!held_.empty() && now >= waiting_since_ + patience) skip_first_gap(now, budget, out);
}

void channel_order::flush(time_point now, hold_back_budget& budget, inbox_actions& out) {
  while (!held_.empty()) skip_first_gap(now, budget, out);
}

std::optional<channel_order::time_point> channel_order::waiting_since() const {
  if (held_.empty()) return std::nullopt;
  return waiting_since_;
}

}  // namespace hobnob::core

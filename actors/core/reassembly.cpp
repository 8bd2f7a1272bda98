#include "actors/core/reassembly.hpp"

#include <algorithm>
#include <utility>

namespace hobnob::core {

reassembly::outcome reassembly::add(message_part part, time_point now, message& whole) {
  const auto found = find_or_start(part, now);
  if (!found) return outcome::waiting;
  auto& there = *found;
  const auto index = static_cast<std::size_t>(found - partials_.data());
  if (there.total_size != part.total_size || there.head.epoch != part.head.epoch ||
      there.head.sequence != part.head.sequence || there.head.channel != part.head.channel) {
    drop(index);
    return outcome::mismatch;
  }
  // On the path that was changed to, floor may have risen since the first part.
  there.head.floor = std::max(there.head.floor, part.head.floor);

  const auto have = there.content.size();
  const auto data = part.head.content.view();
  if (part.offset > have || part.offset + data.size() <= have) return outcome::waiting;
  const auto fresh = data.subspan(have - part.offset);
  there.content.insert(there.content.end(), fresh.begin(), fresh.end());
  there.grown = now;
  if (there.content.size() < there.total_size) return outcome::waiting;

  whole = std::move(there.head);
  whole.content = shared_slice::of(std::move(there.content));
  drop(index);
  return outcome::complete;
}

reassembly::partial* reassembly::find_or_start(const message_part& part, time_point now) {
  const auto found = std::find_if(partials_.begin(), partials_.end(),
                                  [&](const partial& p) { return p.head.id == part.head.id; });
  if (found != partials_.end()) return &*found;
  if (part.offset != 0 || part.total_size > limits_.bytes_max) return nullptr;

  while (!partials_.empty() && (bytes_ + part.total_size > limits_.bytes_max ||
                                partials_.size() >= limits_.messages_max)) {
    drop_oldest();
  }
  auto& started = partials_.emplace_back();
  started.head = part.head;
  started.head.content = {};
  started.total_size = part.total_size;
  started.grown = now;
  started.content.reserve(
      part.total_size);  // At most one application message: checked by the parser.
  bytes_ += part.total_size;
  return &started;
}

void reassembly::drop_oldest() {
  const auto oldest =
      std::min_element(partials_.begin(), partials_.end(),
                       [](const partial& a, const partial& b) { return a.grown < b.grown; });
  drop(static_cast<std::size_t>(oldest - partials_.begin()));
}

void reassembly::drop(std::size_t index) {
  bytes_ -= partials_[index].total_size;
  partials_.erase(partials_.begin() + static_cast<std::ptrdiff_t>(index));
}

void reassembly::expire(time_point now) {
  for (std::size_t i = partials_.size(); i-- > 0;) {
    if (now >= partials_[i].grown + limits_.idle_max) drop(i);
  }
}

std::optional<reassembly::time_point> reassembly::deadline() const {
  std::optional<time_point> first;
  for (const auto& p : partials_) {
    const auto due = p.grown + limits_.idle_max;
    if (!first || due < *first) first = due;
  }
  return first;
}

}  // namespace hobnob::core

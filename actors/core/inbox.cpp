#include "actors/core/inbox.hpp"

#include <algorithm>
#include <utility>

namespace hobnob::core {
namespace {

constexpr std::size_t retired_epochs_max = 256;

// No sender gets there by counting.
constexpr std::uint64_t sequence_max = std::uint64_t{1} << 48;
constexpr std::uint64_t floor_jump_max = std::uint64_t{1} << 32;

bool has_sane_numbers(const message& head) {
  return head.floor != 0 && head.sequence <= sequence_max && head.sequence >= head.floor &&
         head.sequence - head.floor < dedup_window::span_max;
}

}  // namespace

inbox::inbox(content_check check, const inbox_limits& limits)
    : check_(check), limits_(limits), parts_(limits.parts) {
  budget_.messages_max = limits.held_messages_max;
  budget_.bytes_max = limits.held_bytes_max;
}

bool inbox::accept(message_part part, time_point now, inbox_actions& out) {
  if (!has_sane_numbers(part.head)) return false;
  const auto channel = find_channel(part.head, now, out);
  if (!channel) return true;
  if (part.head.floor > channel->next() + floor_jump_max) return false;

  if (part.is_whole()) {
    const auto status = check_(part.head);
    channel->accept(std::move(part.head), status, now, budget_, out);
    return true;
  }
  if (!channel->is_new(part.head.sequence)) {
    // A duplicate is not worth putting together: its first part is answered, the others pass.
    if (part.offset == 0)
      channel->accept(std::move(part.head), receipt_status::delivered, now, budget_, out);
    return true;
  }
  message whole;
  switch (parts_.add(std::move(part), now, whole)) {
    case reassembly::outcome::mismatch:
      return false;
    case reassembly::outcome::waiting:
      return true;
    case reassembly::outcome::complete:
      const auto status = check_(whole);
      channel->accept(std::move(whole), status, now, budget_, out);
      return true;
  }
  return true;
}

channel_order* inbox::find_channel(const message& head, time_point now, inbox_actions& out) {
  const auto state = use_epoch(head.epoch, now, out);
  if (!state) return nullptr;
  if (const auto found = state->channels.find(head.channel); found != state->channels.end())
    return &found->second;
  if (state->channels.size() >= limits_.channels_max) {
    if (head.acknowledged) out.receipts.push_back({head.id, receipt_status::refused});
    return nullptr;
  }
  return &state->channels.emplace(head.channel, channel_order{head.floor}).first->second;
}

inbox::epoch_state* inbox::use_epoch(std::uint64_t epoch, time_point now, inbox_actions& out) {
  const auto found = std::find_if(epochs_.begin(), epochs_.end(),
                                  [&](const epoch_state& state) { return state.epoch == epoch; });
  if (found != epochs_.end()) {
    std::rotate(epochs_.begin(), found, found + 1);
    return &epochs_.front();
  }
  if (std::find(retired_.begin(), retired_.end(), epoch) != retired_.end()) return nullptr;

  if (epochs_.size() >= limits_.epochs_max) {
    for (auto& [name, channel] : epochs_.back().channels) channel.flush(now, budget_, out);
    retired_.push_back(epochs_.back().epoch);
    if (retired_.size() > retired_epochs_max) retired_.erase(retired_.begin());
    epochs_.pop_back();
  }
  epochs_.insert(epochs_.begin(), epoch_state{epoch, {}});
  return &epochs_.front();
}

void inbox::tick(time_point now, inbox_actions& out) {
  parts_.expire(now);
  for (auto& state : epochs_) {
    for (auto& [name, channel] : state.channels)
      channel.tick(now, limits_.gap_patience, budget_, out);
  }
}

std::optional<inbox::time_point> inbox::deadline() const {
  auto first = parts_.deadline();
  if (budget_.messages == 0) return first;
  for (const auto& state : epochs_) {
    for (const auto& [name, channel] : state.channels) {
      const auto since = channel.waiting_since();
      if (since && (!first || *since + limits_.gap_patience < *first))
        first = *since + limits_.gap_patience;
    }
  }
  return first;
}

}  // namespace hobnob::core

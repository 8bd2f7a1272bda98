#include "actors/core/circuit_table.hpp"

namespace hobnob::core {
namespace {

/// Without a hint in its time at how much is equal.
bool is_equal(const circuit_table::token& a, const circuit_table::token& b) {
  std::byte difference{};
  for (std::size_t i = 0; i < a.size(); ++i) difference |= a[i] ^ b[i];
  return difference == std::byte{};
}

}  // namespace

std::uint64_t circuit_table::open(std::string_view user, const std::array<token, 2>& tokens,
                                  time_point now) {
  expire(now);
  const auto found = users_.find(user);
  const auto has = found == users_.end() ? share{} : found->second;
  if (size() >= limits_.total_max || has.all >= limits_.per_user_max ||
      has.pending >= limits_.pending_per_user_max) {
    return 0;
  }
  auto& counted = users_[std::string{user}];
  ++counted.all;
  ++counted.pending;
  pending_.emplace(++last_, pending{std::string{user}, tokens, {}, now + limits_.token_lifetime});
  return last_;
}

circuit_table::joining circuit_table::join(const token& key, time_point now) {
  expire(now);
  auto found = pending_.end();
  std::size_t end = 0;
  for (auto entry = pending_.begin(); entry != pending_.end(); ++entry) {
    for (std::size_t i = 0; i < 2; ++i) {
      if (!is_equal(entry->second.tokens[i], key)) continue;
      found = entry;
      end = i;
    }
  }
  if (found == pending_.end() || found->second.used[end]) return {};
  auto& [number, circuit] = *found;
  circuit.used[end] = true;
  joining result{number, circuit.used[1 - end], circuit.until, circuit.user};
  if (result.complete) {
    --users_.find(circuit.user)->second.pending;
    joined_.emplace(number, std::move(circuit.user));
    pending_.erase(found);
  }
  return result;
}

void circuit_table::ended(std::uint64_t circuit) {
  if (const auto gone = pending_.extract(circuit); !gone.empty()) {
    release(gone.mapped().user, true);
  } else if (const auto over = joined_.extract(circuit); !over.empty()) {
    release(over.mapped(), false);
  }
}

void circuit_table::expire(time_point now) {
  while (!pending_.empty() && pending_.begin()->second.until <= now) {
    const auto gone = pending_.extract(pending_.begin());
    release(gone.mapped().user, true);
  }
}

void circuit_table::release(const std::string& user, bool was_pending) {
  const auto found = users_.find(user);
  if (was_pending) --found->second.pending;
  if (--found->second.all == 0) users_.erase(found);
}

}  // namespace hobnob::core

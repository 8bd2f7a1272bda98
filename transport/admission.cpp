#include "transport/admission.hpp"

#include <algorithm>
#include <utility>

namespace hobnob {
namespace {

using group_key = std::array<std::uint8_t, 9>;

group_key group_of(const ip_address& address) {
  group_key result{};
  if (address.is_v4()) {
    auto octets = address.v4_octets();
    result[0] = 4;
    std::copy_n(octets.begin(), 3, result.begin() + 1);
  } else {
    result[0] = 6;
    std::copy_n(address.v6_octets().begin(), 8, result.begin() + 1);
  }
  return result;
}

}  // namespace

struct admission::state {
  admission_limits limits;
  std::array<std::list<ticket*>, 3> by_stage;  ///< Oldest first.
  std::map<group_key, std::size_t> groups;
  std::size_t count = 0;
  std::uint64_t dropped = 0;

  std::list<ticket*>& stage(const ticket& t) {
    return by_stage[static_cast<std::size_t>(t.stage_)];
  }

  void insert(ticket& t) {
    t.place_ = stage(t).insert(stage(t).end(), &t);
    t.listed_ = true;
    ++groups[t.group_];
    ++count;
  }

  void remove(ticket& t) {
    if (!std::exchange(t.listed_, false)) return;
    stage(t).erase(t.place_);
    --count;
    auto group = groups.find(t.group_);
    if (--group->second == 0) groups.erase(group);
  }

  template <class Predicate>
  void drop_one(Predicate eligible) {
    for (auto& list : by_stage) {
      auto found = std::find_if(list.begin(), list.end(), eligible);
      if (found == list.end()) continue;
      auto* victim = *found;
      remove(*victim);
      ++dropped;
      if (auto drop = std::exchange(victim->drop_, nullptr)) drop();
      return;
    }
  }
};

admission::admission(admission_limits limits) : state_(std::make_shared<state>()) {
  state_->limits = limits;
}

std::shared_ptr<admission::ticket> admission::admit(const ip_address& address,
                                                    std::function<void()> drop) {
  auto group = group_of(address);
  auto members = state_->groups.find(group);
  if (members != state_->groups.end() && members->second >= state_->limits.per_group_max) {
    state_->drop_one([&](const ticket* t) { return t->group_ == group; });
  }
  if (state_->count >= state_->limits.total_max)
    state_->drop_one([](const ticket*) { return true; });
  std::shared_ptr<ticket> result{new ticket};
  result->state_ = state_;
  result->group_ = group;
  result->drop_ = std::move(drop);
  state_->insert(*result);
  return result;
}

std::size_t admission::count() const noexcept { return state_->count; }

std::uint64_t admission::dropped() const noexcept { return state_->dropped; }

admission::ticket::~ticket() { state_->remove(*this); }

void admission::ticket::advance(admission_stage stage) {
  if (!listed_) return;
  state_->stage(*this).erase(place_);
  stage_ = stage;
  place_ = state_->stage(*this).insert(state_->stage(*this).end(), this);
}

void admission::ticket::advance(admission_stage stage, std::function<void()> drop) {
  if (!listed_) return;
  advance(stage);
  drop_ = std::move(drop);
}

}  // namespace hobnob

#pragma once

#include "actors/core/token_bucket.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <map>
#include <string>

namespace hobnob::core {

/// A `token_bucket` for each of many, by name. Those that are full again are forgotten: there are
/// about as many as have taken something within the time that a bucket takes to fill.
class token_buckets {
 public:
  using time_point = token_bucket::time_point;

  token_buckets(double per_second, double burst) : per_second_(per_second), burst_(burst) {}

  /// Takes `count` tokens of `name` if that many are there, else none.
  bool take(const std::string& name, double count, time_point now) {
    const auto known = buckets_.find(name);
    if (known != buckets_.end()) return known->second.take(count, now);
    if (buckets_.size() >= looked_through_at_) forget_full(now);
    return buckets_.emplace(name, token_bucket{per_second_, burst_, now})
        .first->second.take(count, now);
  }

  std::size_t size() const noexcept { return buckets_.size(); }

 private:
  static constexpr std::size_t few = 64;

  /// When they have doubled: so each costs the same, however many there are.
  void forget_full(time_point now) {
    std::erase_if(buckets_, [&](const auto& each) { return each.second.full(now); });
    looked_through_at_ = std::max(few, 2 * buckets_.size());
  }

  double per_second_;
  double burst_;
  std::map<std::string, token_bucket> buckets_;
  std::size_t looked_through_at_ = few;
};

}  // namespace hobnob::core

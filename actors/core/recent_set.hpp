#pragma once

#include <cstddef>
#include <functional>
#include <unordered_set>
#include <utility>

namespace hobnob::core {

/// The keys that were seen last: `least` of them for certain, never more than twice as many.
/// Remembers in two generations, of which the older one is forgotten as a whole.
template <class Key, class Hash = std::hash<Key>>
class recent_set {
 public:
  explicit recent_set(std::size_t least) : least_(least) {}

  /// What is found counts as seen.
  bool contains(const Key& key) {
    if (young_.contains(key)) return true;
    if (!old_.contains(key)) return false;
    add(key);
    return true;
  }

  void add(const Key& key) {
    if (young_.size() >= least_) {
      old_ = std::move(young_);
      young_.clear();
    }
    young_.insert(key);
  }

  /// Some may count twice.
  std::size_t size() const noexcept { return young_.size() + old_.size(); }

 private:
  std::size_t least_;
  std::unordered_set<Key, Hash> young_, old_;
};

}  // namespace hobnob::core

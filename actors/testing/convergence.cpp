#include "actors/testing/convergence.hpp"

#include <algorithm>
#include <utility>

namespace hobnob::testing {
namespace {

/// Calls `function` with each pair for which a link has to come about, until it says false.
template <class Function>
bool for_all_pairs(const world& w, const Function& function) {
  const auto& peers = w.peers();
  for (auto one = peers.begin(); one != peers.end(); ++one) {
    if ((*one)->config().hidden) continue;
    for (auto other = one + 1; other != peers.end(); ++other) {
      if ((*other)->config().hidden || (*one)->user() == (*other)->user()) continue;
      if (w.can_link(**one, **other) && !function(**one, **other)) return false;
    }
  }
  return true;
}

bool all_are_linked(const world& w) {
  return for_all_pairs(w, [](const sim_peer& one, const sim_peer& other) {
    const bool both_there = one.online() && other.online();
    return !both_there || (one.is_linked(other.user()) && other.is_linked(one.user()));
  });
}

class convergence_watch {
 public:
  explicit convergence_watch(const world& of) : world_(of) {
    for_all_pairs(world_, [this](const auto&, const auto&) { return ++result_.pairs > 0; });
  }

  void look() {
    if (std::exchange(news_, world_.news()) == world_.news()) return;
    if (const auto told = told_so_far(); std::exchange(told_, told) == told) return;
    const auto is_online = [](const auto& peer) { return peer->online(); };
    const bool seen = std::ranges::any_of(world_.peers(), is_online) &&  // Else it says nothing.
                      world_.everyone_sees_everyone();
    note(result_.seen, seen);
    note(result_.linked, seen && result_.pairs > 0 && all_are_linked(world_));
  }

  const convergence& result() const { return result_; }

 private:
  /// What the answers depend on: the rest of the news, of messages above all, is more.
  std::size_t told_so_far() const {
    std::size_t result = 0;
    for (const auto& peer : world_.peers()) {
      const auto& book = peer->book();
      result +=
          peer->history().size() + book.sessions.size() + book.presences.size() + book.links.size();
    }
    return result;
  }

  void note(coming_true& what, bool holds) const {
    if (!holds) {
      what.at_end.reset();
    } else if (!what.at_end) {
      what.at_end = world_.elapsed();
      if (!what.first) what.first = what.at_end;
    }
  }

  const world& world_;
  convergence result_;
  std::uint64_t news_ = ~std::uint64_t{0};
  std::size_t told_ = ~std::size_t{0};
};

}  // namespace

convergence run_watched(world& w, world::duration length) {
  convergence_watch watch{w};
  const auto end = w.now() + length;
  w.run_until(
      [&watch] {
        watch.look();
        return false;
      },
      length);
  w.run_for(end - w.now());
  return watch.result();
}

}  // namespace hobnob::testing

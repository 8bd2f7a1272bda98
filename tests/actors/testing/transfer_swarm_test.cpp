#include "tests/actors/testing/transfer_world.hpp"

#include <algorithm>
#include <random>

namespace hobnob::testing {
namespace {

using namespace std::chrono_literals;

/// Transfers between three, while programs are killed, hosts lose their power, links and the relay
/// go, connections are reset, networks carry one direction only, disks fill up: once all is healed
/// everything arrives, whole.
class TransferSwarm : public ::testing::TestWithParam<std::uint64_t> {
 protected:
  TransferSwarm() : surroundings(GetParam()), draw_(GetParam()) {}

  world& w() { return surroundings.w; }
  std::size_t pick(std::size_t below) { return draw_() % below; }

  /// Another one than `who`.
  sim_peer& other_than(const sim_peer& who) {
    auto& found = *w().peers()[pick(2)];
    return &found == &who ? *w().peers()[2] : found;
  }

  void strike() {
    auto& who = *w().peers()[pick(3)];
    switch (pick(12)) {
      case 0:
        return who.running() ? who.kill() : void();
      case 1:
        return who.running() ? who.crash() : void();
      case 2:
        return who.running() ? who.stop() : void();
      case 3:
        return who.running() ? who.pause() : void();
      case 4:
        return w().apply("partition " + who.user() + " from " + other_than(who).user());
      case 5:
        return w().apply("partition " + who.user() + " from relay");
      case 6:
        return w().relays()[0]->running() ? w().relays()[0]->kill() : void();
      case 7:
        return w().apply("reset " + who.user() + " and " + other_than(who).user());
      case 8:
        return w().apply("block " + who.user() + " to " + other_than(who).user());
      case 9:
        return fill_disk(who);
      case 10:
        return w().apply("disk_full " + who.user());
      default:
        return w().apply("change internet loss=0.05");
    }
  }

  /// That of the received files: what is there stays, nothing more fits.
  void fill_disk(const sim_peer& who) { set_room(who.user(), 0); }

  void set_room(const std::string& user, std::uint64_t room) {
    auto& place = *surroundings.received_by.at(user);
    place.room = room;
    for (const auto& [id, shelf] : place.by_id) shelf->room = room;
  }

  void heal() {
    w().heal_everything();
    for (const auto& [user, place] : surroundings.received_by) set_room(user, UINT64_MAX);
    for (const auto& peer : w().peers()) {
      if (!peer->running()) peer->start();
    }
  }

  struct setting : TransferWorld {
    explicit setting(std::uint64_t seed) : TransferWorld(accept_policy::all, seed) {
      add("cat", accept_policy::all);
    }
    void TestBody() override {}
  };

  setting surroundings;

 private:
  std::mt19937_64 draw_;
};

TEST_P(TransferSwarm, EverythingArrivesWhole) {
  ASSERT_TRUE(w().settle());
  struct sent {
    sim_peer* from;
    sim_peer* to;
    transfer_id id;
    std::string name;
  };
  std::vector<sent> all;
  for (int i = 0; i < 8; ++i) {
    auto& from = *w().peers()[pick(3)];
    auto& to = other_than(from);
    const auto name = std::string(1, static_cast<char>('a' + i)) + std::string(pick(20), 'x');
    auto order = surroundings.order(to.user(), name, pick(4) == 0 ? pick(1000) : pick(8'000'000));
    order.limits.bytes_per_second = 200'000u << pick(4);
    all.push_back({&from, &to, from.send_files(std::move(order)), name});
    ASSERT_NE(all.back().id, transfer_id{});
  }
  w().run_for(1s);  // So that they are remembered.
  for (int i = 0; i < 12; ++i) {
    strike();
    w().run_for(std::chrono::milliseconds{pick(8000)});
    if (pick(2) == 0) heal();
    w().run_for(std::chrono::milliseconds{pick(4000)});
  }
  heal();
  const auto done = [](const sent& s) {
    return s.from->transfer(s.id).state == transfer_state::done &&
           s.to->transfer(s.id).state == transfer_state::done;
  };
  w().run_until([&] { return std::all_of(all.begin(), all.end(), done); }, 15min);
  for (const auto& s : all) {
    EXPECT_TRUE(done(s)) << s.name << ": " << to_text(s.from->transfer(s.id)) << "; "
                         << to_text(s.to->transfer(s.id));
    EXPECT_TRUE(surroundings.arrived(s.to->user(), s.id, s.name)) << s.name;
  }
}

#if defined(__SANITIZE_ADDRESS__)
constexpr std::uint64_t transfer_seeds = 4;
#else
constexpr std::uint64_t transfer_seeds = 12;
#endif

INSTANTIATE_TEST_SUITE_P(Seeds, TransferSwarm,
                         ::testing::Range<std::uint64_t>(1, transfer_seeds + 1));

}  // namespace
}  // namespace hobnob::testing

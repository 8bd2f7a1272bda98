#include "actors/transfer/transfer_words.hpp"
#include "tests/actors/storage/temporary_folder.hpp"
#include "tests/actors/testing/transfer_world.hpp"

#include <algorithm>
#include <cstdlib>
#include <random>
#include <set>

namespace hobnob::testing {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t damage_borne = 3;  ///< Blocks of one file.
constexpr const char* taken_names[] = {"film", "report"};

/// A transfer, and what was done to it on purpose.
struct sent {
  sim_peer* from = nullptr;
  sim_peer* to = nullptr;
  std::string source;
  std::string name;
  std::size_t size = 0;
  std::uint64_t content_seed = 0;
  transfer_id id{};
  bool changed = false;  ///< Its source.
  std::set<const sim_peer*> cancelled_by;

  bytes content() const { return testing::content_of(size, content_seed); }
  transfer_info info(const sim_peer& side) const { return side.transfer(id); }
};

/// Ann and bob receive into memory, cat into a folder where some names are taken.
struct folder_of_cat {
  temporary_folder downloads;
};

struct swarm_world : folder_of_cat, TransferWorld {
  explicit swarm_world(std::uint64_t seed) : TransferWorld(accept_policy::all, seed) {
    cat = &add("cat", accept_policy::all);
    received_by["cat"]->folder = downloads.path();
    for (const auto* name : taken_names) downloads.write(name, "it was here before");
  }
  void TestBody() override {}

  sim_peer* cat = nullptr;
};

/// Transfers between three, while programs are killed, hosts lose their power, links and the relay
/// go, connections are reset, networks carry one direction only, disks fill up or forget, content
/// is damaged, sources change, people pause and cancel: once all is healed each has arrived, whole,
/// or failed on both sides for what was done to it.
class TransferSwarm : public ::testing::TestWithParam<std::uint64_t> {
 protected:
  TransferSwarm() : surroundings(GetParam()), draw_(surroundings.w.seed()) {}

  world& w() { return surroundings.w; }
  std::size_t pick(std::size_t below) { return draw_() % below; }
  shelves& place_of(const sim_peer& who) { return *surroundings.received_by.at(who.user()); }

  /// Another one than `who`.
  sim_peer& other_than(const sim_peer& who) {
    auto& found = *w().peers()[pick(2)];
    return &found == &who ? *w().peers()[2] : found;
  }

  void send(int number) {
    sent s;
    s.from = w().peers()[pick(3)].get();
    s.to = &other_than(*s.from);
    s.source = std::string(1, static_cast<char>('a' + number));
    s.name = s.to == surroundings.cat ? taken_names[pick(2)] : s.source;
    s.size = pick(4) == 0 ? pick(1000) : pick(8'000'000);
    s.content_seed = static_cast<std::uint64_t>(number);
    surroundings.change_file(s.source, s.name, s.content());
    hobnob::send_files order;
    order.to = s.to->user();
    order.source = surroundings.open(s.source);
    order.sources = {s.source};
    order.limits.bytes_per_second = 200'000u << pick(4);
    s.id = s.from->send_files(std::move(order));
    ASSERT_NE(s.id, transfer_id{});
    all.push_back(std::move(s));
  }

  void strike() {
    auto& who = *w().peers()[pick(3)];
    switch (pick(20)) {
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
        place_of(who).faults->full = true;
        return;
      case 10:
        return w().apply("disk_full " + who.user());
      case 11:
        return w().apply("change internet loss=0.05");
      case 12:
        return by_circuit_for_a_while(who, other_than(who));
      case 13:
        return rot(who);
      case 14:
        place_of(who).faults->damage = 1 + pick(damage_borne);
        return;
      default:
        return strike_at(all[pick(all.size())]);
    }
  }

  void strike_at(sent& s) {
    auto& side = pick(2) == 0 ? *s.from : *s.to;
    switch (pick(8)) {
      case 0:
        return cancel(s, side);
      case 1:
        return change_source(s);
      case 2:
        place_of(*s.to).faults->damage = 1000;
        return;
      case 3:
      case 4:
        return side.running() ? order(side, resume_transfer{s.id}) : void();
      default:
        return side.running() ? order(side, pause_transfer{s.id}) : void();
    }
  }

  template <class Order>
  void order(sim_peer& side, Order what) {
    side.ask_transfers<transfer_order_result>(what);
  }

  void cancel(sent& s, sim_peer& side) {
    if (!side.running()) return;
    const auto answer = side.ask_transfers<transfer_order_result>(cancel_transfer{s.id});
    if (!answer || answer->done) s.cancelled_by.insert(&side);
  }

  void change_source(sent& s) {
    surroundings.change_file(s.source, s.name, testing::content_of(s.size + 1 + pick(1000), 99));
    s.changed = true;
  }

  void by_circuit_for_a_while(sim_peer& one, sim_peer& other) {
    const auto both = one.user() + " from " + other.user();
    w().apply("partition " + both);
    w().run_for(20s);
    w().apply("heal " + both);
  }

  /// What is unfinished on its disk changes while nobody looks.
  void rot(sim_peer& who) {
    if (who.running()) who.kill();
    const auto state = who.current_state();
    if (state != program::state::killed && state != program::state::crashed) return;
    w().run_for(1ms);  // What was open is closed.
    for (const auto& [id, shelf] : place_of(who).by_id) {
      for (auto& item : shelf->items) {
        if (!item.finished && !item.content.empty())
          item.content[pick(item.content.size())] ^= std::byte{1};
      }
    }
  }

  void heal() {
    w().heal_everything();
    for (const auto& peer : w().peers()) {
      place_of(*peer).faults->full = false;
      place_of(*peer).faults->damage = 0;
      if (!peer->running()) peer->start();
    }
  }

  void go_on() {
    for (const auto& s : all) {
      for (auto* side : {s.from, s.to}) order(*side, resume_transfer{s.id});
    }
  }

  bool all_ended() const {
    return std::all_of(all.begin(), all.end(), [](const sent& s) {
      return is_final(s.info(*s.from).state) && is_final(s.info(*s.to).state);
    });
  }

  /// Why it may have failed on this side.
  std::set<std::string> reasons(const sent& s, const sim_peer& side) {
    std::set<std::string> codes;
    for (const auto* who : s.cancelled_by)
      codes.insert(who == &side ? "cancelled" : "cancelled-there");
    if (s.changed) codes.insert("source-changed");
    if (place_of(*s.to).faults->damaged[s.id] > damage_borne) codes.insert("not-verified");
    return codes;
  }

  void expect_right_end(const sent& s) {
    const auto here = s.info(*s.from), there = s.info(*s.to);
    SCOPED_TRACE(s.source + ": " + to_text(here) + "; " + to_text(there));
    for (const auto* side : {s.from, s.to}) {
      const auto info = s.info(*side);
      if (info.state == transfer_state::done) continue;
      EXPECT_EQ(info.state, transfer_state::failed);
      EXPECT_TRUE(reasons(s, *side).contains(info.code)) << info.code;
    }
    if (there.state == transfer_state::done) {
      EXPECT_TRUE(has_arrived(s));
    }
    if (here.state == there.state) return;
    // One has not heard the other's last word, as it has had one of its own to say.
    const auto& failed = here.state == transfer_state::failed ? here : there;
    EXPECT_TRUE(failed.code == "cancelled" ||
                (&failed == &here && failed.code == "source-changed"));
  }

  bool has_arrived(const sent& s) {
    if (s.to == surroundings.cat) return in_folder().contains(s.content());
    const auto& shelf = *place_of(*s.to).of(s.id);
    const auto* there = shelf.find(s.name);
    return shelf.closed && there != nullptr && *there == s.content();
  }

  /// What is finished there.
  std::set<bytes> in_folder() const {
    std::set<bytes> result;
    for (const auto& file : std::filesystem::directory_iterator{surroundings.downloads.path()}) {
      const auto name = file.path().filename().string();
      if (name.starts_with('.')) continue;
      const auto text = surroundings.downloads.read(name);
      const auto view = std::as_bytes(std::span{text});
      result.emplace(view.begin(), view.end());
    }
    return result;
  }

  /// Of what was taken nothing is lost, and nothing stands there that is not whole.
  void expect_sound_folder() {
    for (const auto* name : taken_names)
      EXPECT_EQ(surroundings.downloads.read(name), "it was here before");
    auto found = in_folder();
    const auto before = std::as_bytes(std::span{std::string_view{"it was here before"}});
    found.erase(bytes(before.begin(), before.end()));
    for (const auto& s : all) {
      if (s.to == surroundings.cat) found.erase(s.content());
    }
    EXPECT_TRUE(found.empty());
  }

  void expect_nothing_left_open() {
    for (const auto& peer : w().peers()) {
      const auto list = peer->ask_transfers<transfer_list>(list_transfers{});
      ASSERT_TRUE(list);
      for (const auto& info : list->transfers) EXPECT_TRUE(is_final(info.state)) << to_text(info);
      for (const auto& record : peer->remembered_transfers())
        EXPECT_TRUE(record.state == "done" || record.state.starts_with("failed:")) << record.state;
    }
  }

  /// How often what happened, for those who run many seeds by hand.
  void record_ends() {
    std::map<std::string, int> ends;
    for (const auto& s : all) {
      for (const auto* side : {s.from, s.to}) {
        const auto info = s.info(*side);
        ++ends[info.code.empty() ? "done" : info.code];
      }
    }
    for (const auto& [code, count] : ends) RecordProperty(code, count);
  }

  swarm_world surroundings;
  std::vector<sent> all;

 private:
  std::mt19937_64 draw_;
};

TEST_P(TransferSwarm, EverythingArrivesWholeOrFailsClearly) {
  ASSERT_TRUE(w().settle());
  for (int i = 0; i < 8; ++i) send(i);
  w().run_for(1s);  // So that they are remembered.
  for (int i = 0; i < 14; ++i) {
    strike();
    w().run_for(std::chrono::milliseconds{pick(6000)});
    if (pick(2) == 0) heal();
    w().run_for(std::chrono::milliseconds{pick(3000)});
  }
  heal();
  go_on();
  w().run_until([&] { return all_ended(); }, 15min);
  w().run_for(11s);  // What a full disk did not take is tried again.
  for (const auto& s : all) expect_right_end(s);
  expect_sound_folder();
  expect_nothing_left_open();
  record_ends();
}

/// HOBNOB_TRANSFER_SEEDS: as many as there is time for.
std::uint64_t transfer_seeds() {
  if (const char* count = std::getenv("HOBNOB_TRANSFER_SEEDS"))
    return std::strtoull(count, nullptr, 10);
#if defined(__SANITIZE_ADDRESS__)
  return 4;
#else
  return 30;
#endif
}

INSTANTIATE_TEST_SUITE_P(Seeds, TransferSwarm,
                         ::testing::Range<std::uint64_t>(1, transfer_seeds() + 1));

}  // namespace
}  // namespace hobnob::testing

// Outbox and inbox together under loss, reordering, duplication, dying paths and busy relays:
// whatever happens, each message is shown at most once and in order, and every message ends as
// delivered (then it was shown) or failed. From seeds, in virtual time.

#include "actors/core/inbox.hpp"
#include "actors/core/outbox.hpp"
#include "tests/actors/core/message_for_test.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <random>
#include <set>

namespace hobnob::core {
namespace {

using namespace std::chrono_literals;
using time_point = outbox::time_point;

/// What befalls the paths in one run; drawn from its seed.
struct weather {
  double relay_loss = 0;
  double relay_duplicates = 0;
  double relay_busy = 0;
  double route_change = 0;  ///< Each 100 ms.
  double blocking = 0;      ///< Each 100 ms.
  std::chrono::milliseconds jitter{0};
};

class delivery {
 public:
  explicit delivery(std::uint32_t seed) : random_(seed) {
    sky_.relay_loss = chance(0.5) ? uniform(0, 0.4) : 0;
    sky_.relay_duplicates = chance(0.5) ? uniform(0, 0.4) : 0;
    sky_.relay_busy = chance(0.3) ? uniform(0, 0.5) : 0;
    sky_.route_change = uniform(0, 0.3);
    sky_.blocking = chance(0.3) ? 0.2 : 0;
    sky_.jitter = std::chrono::milliseconds(chance(0.5) ? 200 : 0);
  }

  void run() {
    for (int step = 0; step < 600; ++step) {  // A minute of storm.
      for (auto n = below(4); n > 0; --n) push();
      if (chance(sky_.route_change)) change_route();
      if (chance(sky_.blocking))
        act([&](outbox_actions& out) { box_.set_blocked(route_.id, chance(0.5), now_, out); });
      pass(100ms);
    }
    sky_ = {};
    route_ = {++last_route_, 1, false};
    alive_routes_ = {route_.id};
    act([&](outbox_actions& out) { box_.change_route(route_, now_, out); });
    const auto last_healthy = pushed_;
    for (int i = 0; i < 20; ++i) push(60s);
    pass(61s);

    EXPECT_EQ(box_.size(), 0u) << "everything ends";
    EXPECT_EQ(outcome_.size(), acknowledged_.size());
    for (const auto& [number, delivered] : outcome_) {
      EXPECT_TRUE(!delivered || shown_.contains(number)) << number;
      EXPECT_TRUE(delivered || number <= last_healthy) << "on a good path all arrives: " << number;
    }
  }

 private:
  bool chance(double probability) {
    return std::uniform_real_distribution<>{}(random_) < probability;
  }
  double uniform(double low, double high) {
    return std::uniform_real_distribution<>{low, high}(random_);
  }
  std::uint64_t below(std::uint64_t bound) { return random_() % bound; }

  void push(std::chrono::milliseconds timeout = 0ms) {
    const auto number = ++pushed_;
    static const std::string channels[] = {"", "a", "b"};
    auto m = message_for_test(number, std::string(below(40), 'x'), channels[below(3)]);
    m.acknowledged = m.channel != "b" || chance(0.5);
    m.priority = m.channel.empty() ? frame_priority::interactive : frame_priority::normal;
    if (m.acknowledged) acknowledged_.insert(number);
    if (timeout == 0ms) timeout = std::chrono::milliseconds(100 + below(40000));
    act([&](outbox_actions& out) { box_.push(m, now_ + timeout, chance(0.05), now_, out); });
  }

  void change_route() {
    if (chance(0.3)) alive_routes_.erase(route_.id);  // With all that is on it.
    if (chance(0.2)) {
      route_ = {};
    } else {
      const bool relayed = chance(0.5);
      route_ = {++last_route_, static_cast<std::uint8_t>(relayed ? 6 : 1), relayed};
      alive_routes_.insert(route_.id);
    }
    act([&](outbox_actions& out) { box_.change_route(route_, now_, out); });
  }

  void act(const std::function<void(outbox_actions&)>& action) {
    outbox_actions out;
    action(out);
    for (auto& m : out.carry) carry(std::move(m));
    for (const auto& report : out.reports) settle(report);
    if (out.yielded)
      later(1ms, [this] { act([&](outbox_actions& more) { box_.resume(now_, more); }); });
  }

  void carry(message m) {
    const auto by = route_;
    if (by.relayed && chance(sky_.relay_busy)) {
      if (!m.acknowledged) return;
      return later(20ms, [this, by, id = m.id] {
        act([&](outbox_actions& out) {
          box_.refused(by.id, std::span{&id, 1}, "busy", now_, out);
        });
      });
    }
    if (by.relayed && chance(sky_.relay_loss)) return;
    const int copies = by.relayed && chance(sky_.relay_duplicates) ? 2 : 1;
    for (int i = 0; i < copies; ++i) {
      // Parts of a message keep their order, as on every path.
      const auto delay = 30ms + (by.relayed ? random_jitter() : 0ms);
      const auto cut = m.content.size() > 10 ? below(m.content.size()) : 0;
      if (cut > 0) later(delay, [this, by, part = part_of(m, 0, cut)] { arrive(by, part); });
      later(delay, [this, by, part = part_of(m, cut, m.content.size())] { arrive(by, part); });
    }
  }

  std::chrono::milliseconds random_jitter() {
    return std::chrono::milliseconds(sky_.jitter.count() == 0 ? 0 : below(sky_.jitter.count()));
  }

  void arrive(const outbox_route& by, const message_part& part) {
    if (!alive_routes_.contains(by.id)) return;
    inbox_actions out;
    EXPECT_TRUE(in_.accept(part, now_, out));
    perform(by, out);
  }

  void perform(const outbox_route& by, const inbox_actions& out) {
    for (const auto& each : out.show) {
      const auto number = number_of(each.message.id);
      EXPECT_TRUE(shown_.insert(number).second) << "shown twice: " << number;
      auto& last = last_shown_[each.message.channel];
      EXPECT_LT(last, number) << "out of order";
      last = number;
      EXPECT_FALSE(outcome_.contains(number) && !outcome_[number] && refused_.contains(number));
    }
    for (const auto& each : out.receipts) {
      if (by.relayed && chance(sky_.relay_loss)) continue;
      later(30ms, [this, by, each] {
        if (!alive_routes_.contains(by.id)) return;
        act([&](outbox_actions& actions) { EXPECT_TRUE(box_.take_receipt(each, now_, actions)); });
      });
    }
  }

  static std::uint64_t number_of(const std::array<std::uint8_t, 16>& id) {
    std::uint64_t number = 0;
    std::memcpy(&number, id.data(), sizeof number);
    return number;
  }

  void settle(const outbox_report& report) {
    if (report.what == outbox_report::kind::sent) return;
    const auto number = number_of(report.id);
    if (!acknowledged_.contains(number)) return;
    EXPECT_TRUE(outcome_.emplace(number, report.what == outbox_report::kind::delivered).second)
        << "two outcomes: " << number;
    if (report.code == "refused") refused_.insert(number);
  }

  void later(std::chrono::milliseconds delay, std::function<void()> what) {
    events_.emplace(now_ + delay, std::move(what));
  }

  void pass(std::chrono::milliseconds time) {
    const auto end = now_ + time;
    for (;;) {
      auto next = end;
      if (!events_.empty()) next = std::min(next, events_.begin()->first);
      if (const auto due = box_.deadline()) next = std::min(next, *due);
      if (const auto due = in_.deadline()) next = std::min(next, *due);
      now_ = std::max(now_, next);
      if (!events_.empty() && events_.begin()->first <= now_) {
        auto what = std::move(events_.begin()->second);
        events_.erase(events_.begin());
        what();
      } else if (const auto due = box_.deadline(); due && *due <= now_) {
        act([&](outbox_actions& out) { box_.tick(now_, out); });
      } else if (const auto in_due = in_.deadline(); in_due && *in_due <= now_) {
        inbox_actions out;
        in_.tick(now_, out);
        perform(route_, out);
      } else if (now_ >= end) {
        return;
      }
    }
  }

  std::mt19937 random_;
  weather sky_;
  time_point now_{1000s};
  std::multimap<time_point, std::function<void()>> events_;
  outbox box_{42};
  inbox in_{[](const message&) { return receipt_status::delivered; }};
  outbox_route route_;
  std::uint64_t last_route_ = 0;
  std::set<std::uint64_t> alive_routes_;
  std::uint64_t pushed_ = 0;
  std::set<std::uint64_t> acknowledged_;
  std::set<std::uint64_t> shown_;
  std::set<std::uint64_t> refused_;
  std::map<std::string, std::uint64_t> last_shown_;
  std::map<std::uint64_t, bool> outcome_;  // Delivered?
};

class Delivery : public testing::TestWithParam<std::uint32_t> {};

TEST_P(Delivery, IsExactlyOnceInOrderAndAlwaysEnds) { delivery{GetParam()}.run(); }

INSTANTIATE_TEST_SUITE_P(Seeds, Delivery, testing::Range(1u, 41u));

}  // namespace
}  // namespace hobnob::core

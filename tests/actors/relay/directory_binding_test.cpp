#include "tests/actors/relay/relay_actors.hpp"

#include <caf/event_based_actor.hpp>
#include <deque>
#include <map>

namespace hobnob {
namespace {

using namespace std::chrono_literals;

/// A store that answers when the test says so, and as it says. Like the real one it makes the
/// changes in the order of their coming, and has the last word on who a name belongs to.
struct slow_store {
  struct change {
    std::string user;
    std::optional<fingerprint> id;  ///< Nothing: the binding is removed.
    caf::typed_response_promise<account_change_result> answer;
  };

  account_store_inner_actor::behavior_type make_behavior(account_store_inner_actor::pointer self) {
    const auto keep = [this, self](std::string user, std::optional<fingerprint> id) {
      waiting.push_back(
          {std::move(user), id, self->make_response_promise<account_change_result>()});
      return waiting.back().answer;
    };
    return {[=](const admit_user& order) { return keep(order.user, order.id); },
            [=](const remove_user& order) { return keep(order.user, {}); },
            [](list_users) { return account_list{}; }, [this](deadline_passed) { answer_one(); }};
  }

  void answer_one() {
    auto next = std::move(waiting.front());
    waiting.pop_front();
    if (!fails && next.id) kept[next.user] = *next.id;
    if (!fails && !next.id) kept.erase(next.user);
    next.answer.deliver(account_change_result{!fails, fails ? "no space" : ""});
  }

  std::deque<change> waiting;
  std::map<std::string, fingerprint> kept;
  bool fails = false;
};

struct DirectoryBindings : test::relay_actors {
  DirectoryBindings() {
    slow_actor = spawn(system(), [this](account_store_inner_actor::pointer self) {
      return slow.make_behavior(self);
    });
    store = slow_actor;
    relay_environment world{[] { return std::uint64_t{998}; }, [] { return std::int64_t{100}; }};
    registrar = spawn(system(), directory, directory_config{}, world, store, account_list{});
    run();
  }

  /// The oldest change that the store was asked for.
  void finish_one(bool done = true) {
    ASSERT_FALSE(slow.waiting.empty());
    slow.fails = !done;
    caf::anon_send(slow_actor, deadline_passed{});
    run();
  }

  void finish_all() {
    while (!slow.waiting.empty()) finish_one();
  }

  template <class Order>
  void order(Order what, account_change_result& result) {
    spawn(system(),
          [&result, what, asked = directory_actor{registrar}](caf::event_based_actor* self) {
            self->request(asked, 3600s, what).then([&result](const account_change_result& answer) {
              result = answer;
            });
          });
    run();
  }

  bool online(const client& who) { return find_control(who, wire::Control::kLoginOk).has_value(); }
  std::string code(const client& who) {
    return who.connection->closed ? who.connection->closed->code : "";
  }

  const fingerprint one = test::make_identity(1).fingerprint();
  const fingerprint two = test::make_identity(2).fingerprint();
  slow_store slow;
  account_store_inner_actor slow_actor;
};

// The store had the login's key, the directory the administrator's; after a restart his was
// refused.
TEST_F(DirectoryBindings, ANameBeingAdmittedIsNotGivenToALoginMeanwhile) {
  account_change_result admitted;
  order(admit_user{"ann", one}, admitted);
  const auto thief = log_in(2, "ann");
  finish_all();
  EXPECT_TRUE(admitted.done);
  EXPECT_EQ(code(thief), "name-taken");
  EXPECT_EQ(slow.kept.at("ann"), one);
}

TEST_F(DirectoryBindings, ANameBeingBoundByALoginIsNotAdmittedForAnotherKey) {
  const auto ann = log_in(2, "ann");
  account_change_result admitted;
  order(admit_user{"ann", one}, admitted);
  finish_all();
  EXPECT_TRUE(online(ann));
  EXPECT_FALSE(admitted.done);
  EXPECT_NE(admitted.detail.find("another key"), std::string::npos) << admitted.detail;
  EXPECT_EQ(slow.kept.at("ann"), two);
}

// The second one was told that the name belongs to another key.
TEST_F(DirectoryBindings, OfTwoFirstLoginsWithOneKeyTheSecondOutlivesTheFaultOfTheFirst) {
  const auto first = log_in(1, "ann");
  const auto second = log_in(1, "ann");
  finish_one(false);
  EXPECT_EQ(code(first), "storage");
  finish_all();
  EXPECT_TRUE(online(second));
  EXPECT_EQ(slow.kept.at("ann"), one);
}

TEST_F(DirectoryBindings, ALoginThatWaitedForARebindingIsJudgedByIt) {
  log_in(1, "ann");
  finish_all();
  account_change_result rebound;
  order(admit_user{"ann", two, true}, rebound);
  const auto old_key = log_in(1, "ann");
  const auto new_key = log_in(2, "ann");
  EXPECT_FALSE(online(new_key));
  finish_all();
  EXPECT_TRUE(rebound.done);
  EXPECT_EQ(code(old_key), "name-taken");
  EXPECT_TRUE(online(new_key));
  EXPECT_EQ(slow.kept.at("ann"), two);
}

TEST_F(DirectoryBindings, AChangeThatTheStoreDidNotAnswerIsMadeUpForByTheNextLogin) {
  log_in(1, "ann");
  finish_all();
  account_change_result removed;
  order(remove_user{"ann"}, removed);
  pass(10s);
  EXPECT_FALSE(removed.done);
  finish_one();  // Done after all, when nobody waits for it any more.
  EXPECT_FALSE(slow.kept.contains("ann"));
  const auto ann = log_in(1, "ann");
  finish_all();
  EXPECT_TRUE(online(ann));
  EXPECT_EQ(slow.kept.at("ann"), one);
}

}  // namespace
}  // namespace hobnob

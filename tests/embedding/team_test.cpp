#include "tests/embedding/team.hpp"

#include <set>

namespace hobnob {
namespace {

using test::diary;
using test::member;
using Team = test::team_test;

std::size_t links_up(member& who) {
  return who.read([](const diary& d) {
    return static_cast<std::size_t>(std::count_if(
        d.links.begin(), d.links.end(), [](const auto& e) { return e.state == link_state::up; }));
  });
}

TEST_F(Team, ThreePeersConvergeOnAFullMeshWithOneLinkPerPair) {
  member* all[] = {&join("ann"), &join("bob"), &join("cy")};
  for (auto* one : all) {
    for (auto* other : all) {
      if (one == other) continue;
      ASSERT_TRUE(one->wait_link(other->name, link_state::up)) << one->name << other->name;
    }
  }
  for (auto* one : all) {
    for (auto* other : all) {
      if (one == other) continue;
      const auto id = one->peer.send_text(other->name, one->name + " to " + other->name);
      const auto outcome = one->outcome(id);
      EXPECT_EQ(outcome.state, message_state::delivered);
      EXPECT_EQ(outcome.path, path_kind::lan);
      EXPECT_TRUE(other->wait_text(one->name + " to " + other->name));
    }
  }
  for (auto* one : all) {
    EXPECT_EQ(links_up(*one), 2u) << one->name;
    EXPECT_EQ(one->ask<peer_status>(get_status{}).links, 2u);
  }
}

TEST_F(Team, WithoutALinkMessagesGoThroughTheRelayAndWhoSaysWhy) {
  auto config = config_of("ann");
  config.direct = direct_mode::off;
  auto& ann = join(config);
  auto& bob = join("bob");
  ASSERT_TRUE(ann.wait_presence("bob", presence::online));
  ASSERT_TRUE(bob.wait_presence("ann", presence::online));
  const auto there = ann.peer.send_text("bob", "by relay");
  EXPECT_EQ(ann.outcome(there).path, path_kind::relay);
  const auto back = bob.peer.send_text("ann", "and back");
  EXPECT_EQ(bob.outcome(back).path, path_kind::relay);
  EXPECT_EQ(bob.row("ann").path, path_kind::relay);
  EXPECT_FALSE(bob.row("ann").why_not_direct.empty());
  EXPECT_EQ(ann.row("bob").why_not_direct, "direct links are switched off here");
  const auto ping = ann.ask<ping_result>(ping_user{"bob"});
  EXPECT_EQ(ping.path, path_kind::relay) << ping.code;
  EXPECT_GT(ping.round_trip.count(), 0);
}

TEST_F(Team, ApplicationMessagesKeepTheirOrderWithinAChannel) {
  auto& ann = join("ann");
  auto& bob = join("bob");
  ASSERT_TRUE(ann.wait_link("bob", link_state::up));
  for (int i = 0; i < 200; ++i) {
    const auto text = std::to_string(i);
    ann.peer.send("bob", "numbers", shared_slice::copy_of(as_byte_view(text)));
  }
  ASSERT_TRUE(bob.wait([](const diary& d) { return d.application_messages.size() == 200; }));
  bob.read([](const diary& d) {
    for (int i = 0; i < 200; ++i) {
      const auto& message = d.application_messages[static_cast<std::size_t>(i)];
      EXPECT_EQ(as_text(message.content.view()), std::to_string(i));
      EXPECT_EQ(message.channel, "numbers");
    }
  });
}

TEST_F(Team, LinksSurviveTheRelayAndAllLogInAgain) {
  auto& ann = join("ann");
  auto& bob = join("bob");
  ASSERT_TRUE(ann.wait_link("bob", link_state::up));
  ASSERT_TRUE(bob.wait_link("ann", link_state::up));
  ASSERT_TRUE(ann.wait_presence("bob", presence::online));
  const auto where = relay_endpoint_;
  stop_relay();
  ASSERT_TRUE(ann.wait_session(session_state::waiting));
  EXPECT_EQ(ann.outcome(ann.peer.send_text("bob", "without relay")).path, path_kind::lan);
  EXPECT_EQ(ann.row("bob").state, presence::online);
  start_relay(where);
  ASSERT_TRUE(ann.wait_session(session_state::online, 2));
  ASSERT_TRUE(bob.wait_session(session_state::online, 2));
  EXPECT_EQ(ann.outcome(ann.peer.send_text("bob", "with relay")).path, path_kind::lan);
  EXPECT_EQ(links_up(ann), 1u);
  EXPECT_FALSE(ann.read([](const diary& d) {
    return std::any_of(d.links.begin(), d.links.end(),
                       [](const auto& e) { return e.state == link_state::down; });
  }));
}

TEST_F(Team, TheNewestLoginReplacesTheOldOneWhichStaysAway) {
  auto& bob = join("bob");
  auto& old = join("ann");
  ASSERT_TRUE(bob.wait_link("ann", link_state::up));
  auto& fresh = join("ann");
  ASSERT_TRUE(old.wait_session(session_state::replaced));
  ASSERT_TRUE(fresh.wait_link("bob", link_state::up));
  EXPECT_EQ(fresh.outcome(fresh.peer.send_text("bob", "it is me now")).state,
            message_state::delivered);
  EXPECT_TRUE(bob.wait_text("it is me now"));
  EXPECT_EQ(old.outcome(old.peer.send_text("bob", "still here?")).code, "not-logged-in");
  EXPECT_EQ(old.read([](const diary& d) {
    return std::count_if(d.sessions.begin(), d.sessions.end(),
                         [](const auto& e) { return e.state == session_state::online; });
  }),
            1);
}

TEST_F(Team, AStolenNameIsRefused) {
  ASSERT_TRUE(join("ann").wait_session(session_state::online));
  auto& thief = join(config_of("ann"), 7);
  ASSERT_TRUE(thief.wait_session(session_state::refused));
  EXPECT_EQ(thief.read([](const diary& d) { return d.sessions.back().code; }), "name-taken");
}

TEST_F(Team, AChangedKeyBlocksLoudlyUntilItIsAccepted) {
  auto& ann = join("ann");
  auto& bob = join("bob");
  ASSERT_TRUE(ann.wait_link("bob", link_state::up));
  ASSERT_TRUE(ann.wait_presence("bob", presence::online));  // Told a moment after a fast link.
  bob.peer.stop();
  ASSERT_TRUE(bob.peer.wait());
  ASSERT_TRUE(ann.wait_presence("bob", presence::offline));
  {
    caf::scoped_actor self{loop_.system()};
    self->request(relay_->directory(), std::chrono::seconds{10},
                  admit_user{"bob", test::identity_of("bob", 1).fingerprint(), true})
        .receive([](const account_change_result& r) { EXPECT_TRUE(r.done) << r.detail; },
                 [](caf::error&) { FAIL(); });
  }
  auto& other = join(config_of("bob"), 1);
  ASSERT_TRUE(other.wait_session(session_state::online));
  ASSERT_TRUE(ann.wait([](const diary& d) {
    return std::any_of(d.presences.begin(), d.presences.end(),
                       [](const auto& e) { return e.key_changed; });
  }));
  EXPECT_EQ(ann.outcome(ann.peer.send_text("bob", "who are you?")).code, "key-changed");
  EXPECT_TRUE(ann.row("bob").key_changed);
  const auto accepted = ann.ask<verify_result>(verify_user{"bob", true});
  EXPECT_TRUE(accepted.verified);
  EXPECT_EQ(accepted.pinned, test::identity_of("bob", 1).fingerprint());
  EXPECT_EQ(ann.outcome(ann.peer.send_text("bob", "welcome")).state, message_state::delivered);
  EXPECT_TRUE(other.wait_text("welcome"));
}

TEST_F(Team, SafetyWordsAreTheSameOnBothSides) {
  auto& ann = join("ann");
  auto& bob = join("bob");
  ASSERT_TRUE(ann.wait_link("bob", link_state::up));
  ASSERT_TRUE(bob.wait_link("ann", link_state::up));
  const auto words = ann.ask<verify_result>(verify_user{"bob"}).safety_words;
  EXPECT_EQ(words.size(), 71u);
  EXPECT_EQ(words, bob.ask<verify_result>(verify_user{"ann"}).safety_words);
}

TEST_F(Team, WhoeverIsNotThereIsAClearFailure) {
  auto& ann = join("ann");
  auto& bob = join("bob");
  ASSERT_TRUE(ann.wait_link("bob", link_state::up));
  ASSERT_TRUE(ann.wait_presence("bob", presence::online));  // Told a moment after a fast link.
  bob.peer.stop();
  ASSERT_TRUE(bob.peer.wait());
  ASSERT_TRUE(ann.wait_presence("bob", presence::offline));
  EXPECT_EQ(ann.outcome(ann.peer.send_text("bob", "gone?")).code, "offline");
  EXPECT_EQ(ann.outcome(ann.peer.send_text("nobody", "hello?")).code, "unknown-user");
  EXPECT_EQ(ann.outcome(ann.peer.send_text("ann", "me?")).code, "self");
}

TEST_F(Team, AHiddenPeerIsNotSeenButHeard) {
  auto& bob = join("bob");
  ASSERT_TRUE(bob.wait_session(session_state::online));
  auto config = config_of("ann");
  config.hidden = true;
  auto& ann = join(config);
  EXPECT_EQ(ann.outcome(ann.peer.send_text("bob", "psst")).state, message_state::delivered);
  EXPECT_TRUE(bob.wait_text("psst"));
  EXPECT_TRUE(bob.read([](const diary& d) { return d.presences.empty(); }));
  // By relay alone, too: the receiver has to look the sender up.
  config = config_of("cy");
  config.hidden = true;
  config.direct = direct_mode::off;
  auto& cy = join(config);
  EXPECT_EQ(cy.outcome(cy.peer.send_text("bob", "by relay")).path, path_kind::relay);
}

TEST_F(Team, StopsWhileItIsBusy) {
  auto& ann = join("ann");
  auto& bob = join("bob");
  ASSERT_TRUE(ann.wait_link("bob", link_state::up));
  ASSERT_TRUE(bob.wait_link("ann", link_state::up));
  for (int i = 0; i < 1000; ++i) ann.peer.send_text("bob", "number " + std::to_string(i));
  ann.peer.stop();
  EXPECT_TRUE(ann.peer.wait());
  EXPECT_TRUE(ann.wait([](const diary& d) { return d.stopped; }));
  EXPECT_TRUE(bob.wait_link("ann", link_state::down));
}

}  // namespace
}  // namespace hobnob

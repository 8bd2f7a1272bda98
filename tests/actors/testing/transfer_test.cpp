#include "tests/actors/testing/transfer_world.hpp"
#include "transport/sim/nat.hpp"

#include <algorithm>

namespace hobnob::testing {
namespace {

using namespace std::chrono_literals;

/// Every offer is accepted.
using Transfers = TransferWorld;

TEST_F(Transfers, AFileArrives) {
  ASSERT_TRUE(w.settle());
  const auto id = ann->send_files(order("bob", "report.pdf", 3'000'000));
  ASSERT_TRUE(both_done(id)) << to_text(ann->transfer(id)) << to_text(bob->transfer(id));
  EXPECT_TRUE(arrived("bob", id, "report.pdf"));
  for (auto* side : {ann, bob}) {
    const auto info = side->transfer(id);
    EXPECT_EQ(info.bytes_done, 3'000'000u);
    EXPECT_EQ(info.files_done, 1u);
    EXPECT_EQ(info.summary.name, "report.pdf");
    EXPECT_NE(info.path, path_kind::none);
    EXPECT_EQ(side->transfers().ended.at(id), 1u);
  }
}

TEST_F(Transfers, WhoIsNotThereYetGetsItWhenHeComes) {
  bob->stop();
  ASSERT_TRUE(w.run_until([&] { return bob->current_state() == program::state::stopped; }, 30s));
  const auto id = ann->send_files(order("bob", "a", 10'000));
  ASSERT_TRUE(run_until(*ann, id, transfer_state::waiting));
  EXPECT_EQ(ann->transfer(id).code, "no-link");
  w.run_for(5min);
  bob->start();
  EXPECT_TRUE(both_done(id));
}

TEST_F(Transfers, GoesOnAfterALinkHasDied) {
  ASSERT_TRUE(w.settle());
  auto files_to_send = order("bob", "film", 10'000'000);
  files_to_send.limits.bytes_per_second = 1'000'000;
  const auto id = ann->send_files(std::move(files_to_send));
  ASSERT_TRUE(w.run_until([&] { return bob->transfer(id).bytes_done > 2'000'000; }, 60s));
  w.apply("partition ann from bob");
  w.apply("partition ann from relay");
  ASSERT_TRUE(run_until(*ann, id, transfer_state::waiting));
  ASSERT_TRUE(run_until(*bob, id, transfer_state::waiting));
  const auto held = bob->transfer(id).bytes_done;
  w.run_for(1min);
  w.apply("heal");
  ASSERT_TRUE(both_done(id));
  EXPECT_TRUE(arrived("bob", id, "film"));
  EXPECT_GE(held, 2'000'000u);
  EXPECT_EQ(bob->transfers().ended.at(id), 1u);
}

TEST_F(Transfers, MovesFromACircuitToADirectLink) {
  ASSERT_TRUE(w.settle());
  w.apply("partition ann from bob");
  ASSERT_TRUE(w.run_until([&] { return ann->links().empty() && bob->links().empty(); }, 60s));
  auto files_to_send = order("bob", "film", 100'000'000);
  files_to_send.limits.bytes_per_second = 1'000'000;
  const auto id = ann->send_files(std::move(files_to_send));
  ASSERT_TRUE(w.run_until([&] { return bob->transfer(id).bytes_done > 1'000'000; }, 120s));
  EXPECT_EQ(ann->transfer(id).path, path_kind::circuit);
  w.apply("heal");
  ASSERT_TRUE(both_done(id, 300s)) << to_text(ann->transfer(id));
  EXPECT_NE(ann->transfer(id).path, path_kind::circuit);
  EXPECT_TRUE(arrived("bob", id, "film"));
}

TEST_F(Transfers, GoesOnAfterEitherSideWasKilled) {
  ASSERT_TRUE(w.settle());
  auto files_to_send = order("bob", "film", 12'000'000);
  files_to_send.limits.bytes_per_second = 1'000'000;
  const auto id = ann->send_files(std::move(files_to_send));
  ASSERT_TRUE(w.run_until([&] { return bob->transfer(id).bytes_done > 2'000'000; }, 60s));
  bob->kill();
  w.run_for(5s);
  bob->start();
  ASSERT_TRUE(w.run_until([&] { return bob->transfer(id).bytes_done > 4'000'000; }, 90s));
  ann->kill();
  w.run_for(5s);
  ann->start();
  ASSERT_TRUE(w.run_until([&] { return bob->transfer(id).bytes_done > 6'000'000; }, 90s));
  w.apply("kill relay");
  w.apply_after(20s, "start relay");
  ASSERT_TRUE(both_done(id)) << to_text(ann->transfer(id)) << to_text(bob->transfer(id));
  EXPECT_TRUE(arrived("bob", id, "film"));
  EXPECT_TRUE(bob->transfers().offers.empty());  // Nobody was asked.
}

// Nobody tells a hidden peer who comes.
TEST_F(Transfers, AHiddenSenderFindsTheReceiverSoonAfterItsStart) {
  peer_options options;
  options.config.hidden = true;
  auto& eve = add("eve", accept_policy::all, options);
  ASSERT_TRUE(w.settle());
  auto files_to_send = order("bob", "film", 12'000'000);
  files_to_send.limits.bytes_per_second = 1'000'000;
  const auto id = eve.send_files(std::move(files_to_send));
  const auto bytes_pass = [&](std::uint64_t count, std::chrono::seconds limit) {
    return w.run_until([&] { return bob->transfer(id).bytes_done > count; }, limit);
  };
  ASSERT_TRUE(bytes_pass(2'000'000, 30s));
  bob->kill();
  w.run_for(500ms);
  bob->start();
  ASSERT_TRUE(bytes_pass(4'000'000, 10s)) << to_text(eve.transfer(id));
  bob->kill();
  w.run_for(5min);
  bob->start();
  ASSERT_TRUE(bytes_pass(6'000'000, 18s)) << to_text(eve.transfer(id));
}

TEST_F(Transfers, WhatHasEndedIsRememberedOverAStart) {
  ASSERT_TRUE(w.settle());
  const auto id = ann->send_files(order("bob", "a", 10'000));
  ASSERT_TRUE(both_done(id));
  w.run_for(1s);
  for (auto* side : {ann, bob}) {
    side->kill();
    side->start();
    const auto list = side->ask_transfers<transfer_list>(list_transfers{});
    ASSERT_TRUE(list && list->transfers.size() == 1);
    EXPECT_EQ(list->transfers[0].state, transfer_state::done);
    EXPECT_EQ(list->transfers[0].id, id);
  }
}

TEST_F(Transfers, AnotherFileAtThatPlaceAfterAStartIsNoticed) {
  ASSERT_TRUE(w.settle());
  auto files_to_send = order("bob", "film", 10'000'000);
  files_to_send.limits.bytes_per_second = 1'000'000;
  const auto id = ann->send_files(std::move(files_to_send));
  ASSERT_TRUE(w.run_until([&] { return bob->transfer(id).bytes_done > 1'000'000; }, 60s));
  ann->kill();
  order("bob", "film", 9'000'000);
  ann->start();
  ASSERT_TRUE(run_until(*ann, id, transfer_state::failed));
  EXPECT_EQ(ann->transfer(id).code, "source-changed");
  ASSERT_TRUE(run_until(*bob, id, transfer_state::failed));
  EXPECT_EQ(bob->transfer(id).code, "source-changed");
  EXPECT_TRUE(w.run_until([&] { return received_by["bob"]->of(id)->discarded; }, 10s));
}

TEST_F(Transfers, AFullDiskHoldsItUpUntilThereIsRoom) {
  ASSERT_TRUE(w.settle());
  received_by["bob"]->room = 1'000'000;
  const auto id = ann->send_files(order("bob", "film", 3'000'000));
  ASSERT_TRUE(run_until(*bob, id, transfer_state::waiting));
  EXPECT_EQ(bob->transfer(id).code, "disk-full");
  ASSERT_TRUE(run_until(*ann, id, transfer_state::waiting));
  EXPECT_EQ(ann->transfer(id).code, "disk-full");
  w.run_for(1min);
  EXPECT_EQ(bob->transfer(id).state, transfer_state::waiting);
  received_by["bob"]->of(id)->room = UINT64_MAX;
  ASSERT_TRUE(both_done(id));
  EXPECT_TRUE(arrived("bob", id, "film"));
}

TEST_F(Transfers, WhatAFullDiskKeepsFromBeingRememberedIsRememberedWhenThereIsRoom) {
  ASSERT_TRUE(w.settle());
  auto files_to_send = order("bob", "film", 3'000'000);
  files_to_send.limits.bytes_per_second = 1'000'000;
  const auto id = ann->send_files(std::move(files_to_send));
  ASSERT_TRUE(w.run_until([&] { return bob->transfer(id).bytes_done > 1'000'000; }, 60s));
  for (const auto* side : {"ann", "bob"}) w.apply(std::string{"disk_full "} + side);
  ASSERT_TRUE(both_done(id));
  w.run_for(1min);
  for (const auto* side : {"ann", "bob"}) w.apply(std::string{"disk_free "} + side);
  w.run_for(11s);
  for (auto* side : {ann, bob}) {
    const auto records = side->remembered_transfers();
    ASSERT_EQ(records.size(), 1u);
    EXPECT_EQ(records[0].state, "done");
  }
}

TEST_F(Transfers, EitherSidePausesAndGoesOn) {
  ASSERT_TRUE(w.settle());
  auto files_to_send = order("bob", "film", 6'000'000);
  files_to_send.limits.bytes_per_second = 1'000'000;
  const auto id = ann->send_files(std::move(files_to_send));
  ASSERT_TRUE(w.run_until([&] { return bob->transfer(id).bytes_done > 1'000'000; }, 60s));
  for (auto [here, there] : {std::pair{ann, bob}, std::pair{bob, ann}}) {
    ASSERT_TRUE(here->ask_transfers<transfer_order_result>(pause_transfer{id})->done);
    ASSERT_TRUE(run_until(*there, id, transfer_state::paused));
    EXPECT_EQ(here->transfer(id).code, "here");
    EXPECT_EQ(there->transfer(id).code, "there");
    const auto held = bob->transfer(id).bytes_done;
    w.run_for(1min);
    EXPECT_EQ(bob->transfer(id).bytes_done, held);
    EXPECT_EQ(there->ask_transfers<transfer_order_result>(resume_transfer{id})->code, "not-paused");
    // Over a new start, too.
    here->kill();
    here->start();
    ASSERT_TRUE(w.run_until([&] { return there->transfer(id).code == "there"; }, 60s));
    ASSERT_TRUE(here->ask_transfers<transfer_order_result>(resume_transfer{id})->done);
    ASSERT_TRUE(w.run_until([&] { return bob->transfer(id).bytes_done > held; }, 60s));
  }
  ASSERT_TRUE(both_done(id));
  EXPECT_TRUE(arrived("bob", id, "film"));
}

TEST_F(Transfers, EitherSideCancels) {
  ASSERT_TRUE(w.settle());
  for (auto [here, there] : {std::pair{ann, bob}, std::pair{bob, ann}}) {
    auto files_to_send = order("bob", "film", 6'000'000);
    files_to_send.limits.bytes_per_second = 1'000'000;
    const auto id = ann->send_files(std::move(files_to_send));
    ASSERT_TRUE(w.run_until([&] { return bob->transfer(id).bytes_done > 1'000'000; }, 60s));
    ASSERT_TRUE(here->ask_transfers<transfer_order_result>(cancel_transfer{id})->done);
    ASSERT_TRUE(run_until(*there, id, transfer_state::failed));
    EXPECT_EQ(here->transfer(id).code, "cancelled");
    EXPECT_EQ(there->transfer(id).code, "cancelled-there");
    EXPECT_TRUE(w.run_until([&] { return received_by["bob"]->of(id)->discarded; }, 10s));
    EXPECT_EQ(here->ask_transfers<transfer_order_result>(pause_transfer{id})->code,
              "unknown-transfer");
  }
}

TEST_F(Transfers, TheRateIsHeld) {
  ASSERT_TRUE(w.settle());
  auto files_to_send = order("bob", "film", 5'000'000);
  files_to_send.limits.bytes_per_second = 500'000;
  const auto before = w.elapsed();
  const auto id = ann->send_files(std::move(files_to_send));
  ASSERT_TRUE(both_done(id));
  EXPECT_GT(w.elapsed() - before, 9s);
  EXPECT_LT(w.elapsed() - before, 12s);
  const auto& told = bob->transfers();
  EXPECT_TRUE(told.has_been(id, transfer_state::running));
}

/// Nobody accepts anything by itself.
struct TransfersAsked : TransferWorld {
  TransfersAsked() : TransferWorld(accept_policy::ask) {}

  bool offered(const transfer_id& id) {
    return w.run_until(
        [&] {
          return std::any_of(bob->transfers().offers.begin(), bob->transfers().offers.end(),
                             [&](const transfer_offered& offer) { return offer.info.id == id; });
        },
        60s);
  }

  transfer_order_result answered(const transfer_id& id, bool accept) {
    answer_offer order;
    order.id = id;
    order.accept = accept;
    return *bob->ask_transfers<transfer_order_result>(std::move(order));
  }
};

TEST_F(TransfersAsked, SomebodyAcceptsOrRefuses) {
  ASSERT_TRUE(w.settle());
  auto first = order("bob", "a", 10'000);
  first.note = "for you";
  const auto id = ann->send_files(std::move(first));
  ASSERT_TRUE(offered(id));
  EXPECT_EQ(bob->transfers().offers[0].info.note, "for you");
  EXPECT_EQ(ann->transfer(id).state, transfer_state::offered);
  ASSERT_TRUE(answered(id, true).done);
  ASSERT_TRUE(both_done(id));
  EXPECT_EQ(answered(id, true).code, "already-answered");

  const auto other = ann->send_files(order("bob", "b", 10'000));
  ASSERT_TRUE(offered(other));
  ASSERT_TRUE(answered(other, false).done);
  ASSERT_TRUE(run_until(*ann, other, transfer_state::failed));
  EXPECT_EQ(ann->transfer(other).code, "refused");
  EXPECT_EQ(bob->transfer(other).code, "refused");
}

TEST_F(TransfersAsked, AnOfferOutlivesBothProgramsAndIsAnsweredLater) {
  ASSERT_TRUE(w.settle());
  const auto id = ann->send_files(order("bob", "a", 10'000));
  ASSERT_TRUE(offered(id));
  w.run_for(1s);
  ann->kill();
  bob->kill();
  w.run_for(1h);
  bob->start();
  w.run_for(10s);
  ASSERT_TRUE(answered(id, true).done);
  w.run_for(1min);
  ann->start();
  EXPECT_TRUE(both_done(id));
}

TEST_F(TransfersAsked, AnOfferThatNobodyAnswersExpiresOnBothSides) {
  ASSERT_TRUE(w.settle());
  auto files_to_send = order("bob", "a", 10'000);
  files_to_send.expires = 600s;
  const auto id = ann->send_files(std::move(files_to_send));
  ASSERT_TRUE(offered(id));
  w.run_for(11min);
  EXPECT_EQ(ann->transfer(id).code, "expired");
  EXPECT_EQ(bob->transfer(id).code, "expired");
}

struct TransferPolicies : TransferWorld {};

TEST_F(TransferPolicies, WhatAPolicyDoesNotTakeIsRefusedWithAReason) {
  peer_options options;
  options.config.transfers.policy.size_max = 1000;
  add("cat", accept_policy::all, options);
  add("dan", accept_policy::none);
  auto& eve = add("eve", accept_policy::known);
  auto& fay = add("fay", accept_policy::verified);
  ASSERT_TRUE(w.settle());
  const auto code_of = [&](const std::string& to) {
    const auto id = ann->send_files(order(to, "a", 2000));
    run_until(*ann, id, transfer_state::failed, 10s);
    return ann->transfer(id).code;
  };
  EXPECT_EQ(code_of("cat"), "too-large");
  EXPECT_EQ(code_of("dan"), "refused");
  EXPECT_EQ(code_of("eve"), "");  // Met in this run only: a person decides.
  EXPECT_EQ(eve.transfers().offers.size(), 1u);
  EXPECT_EQ(code_of("fay"), "");
  EXPECT_EQ(fay.transfers().offers.size(), 1u);
  eve.kill();
  eve.start();
  fay.ask<verify_result>(verify_user{"ann", true});
  ASSERT_TRUE(w.settle());
  for (auto* to : {&eve, &fay}) {
    const auto id = ann->send_files(order(to->user(), "b", 2000));
    EXPECT_TRUE(run_until(*to, id, transfer_state::done)) << to->user();
  }
}

TEST_F(TransferPolicies, NamesThatCannotBeAreRefusedAtOnce) {
  for (const auto* to : {"ann", "No such name", ""}) {
    auto files_to_send = order(to, "a", 10);
    const auto answer = ann->ask_transfers<transfer_started>(std::move(files_to_send));
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->code, "bad-name");
  }
}

TEST_F(TransferWorld, BeyondTheLimitTransfersQueueAndAllArrive) {
  peer_options options;
  options.config.transfers.running_max = 1;
  auto& cat = add("cat", accept_policy::all, options);
  auto& dan = add("dan", accept_policy::all, options);
  ASSERT_TRUE(w.settle());
  std::vector<std::pair<sim_peer*, transfer_id>> sent;
  // Both ways at once, which must not stand in each other's way.
  for (int i = 0; i < 3; ++i) {
    sent.emplace_back(&dan, cat.send_files(order("dan", "c" + std::to_string(i), 2'000'000)));
    sent.emplace_back(&cat, dan.send_files(order("cat", "d" + std::to_string(i), 2'000'000)));
  }
  ASSERT_TRUE(w.run_until(
      [&] {
        const auto runs = [](sim_peer& peer, transfer_direction direction) {
          std::size_t count = 0;
          for (const auto& [id, info] : peer.transfers().latest)
            count += info.direction == direction && info.state == transfer_state::running;
          return count;
        };
        EXPECT_LE(runs(cat, transfer_direction::receiving), 1u);
        EXPECT_LE(runs(dan, transfer_direction::receiving), 1u);
        return std::all_of(sent.begin(), sent.end(), [](const auto& s) {
          return s.first->transfer(s.second).state == transfer_state::done;
        });
      },
      5min));
  const auto queued = std::count_if(sent.begin(), sent.end(), [](const auto& s) {
    return s.first->transfers().has_been(s.second, transfer_state::queued);
  });
  EXPECT_EQ(queued, 4);
}

TEST_F(TransferWorld, WithoutADirectWayItGoesByACircuit) {
  sim::nat_options strict{.mapping = sim::nat_dependence::address_and_port_dependent,
                          .ports = sim::nat_ports::random};
  peer_options options;
  options.where = &w.add_site("cats", strict);
  auto& cat = add("cat", accept_policy::all, options);
  options.where = &w.add_site("dans", strict);
  auto& dan = add("dan", accept_policy::all, options);
  w.run_for(30s);
  const auto id = cat.send_files(order("dan", "film", 3'000'000));
  ASSERT_TRUE(run_until(cat, id, transfer_state::done, 120s)) << to_text(cat.transfer(id));
  EXPECT_EQ(cat.transfer(id).path, path_kind::circuit);
  EXPECT_TRUE(run_until(dan, id, transfer_state::done));
  EXPECT_TRUE(arrived("dan", id, "film"));
}

}  // namespace
}  // namespace hobnob::testing

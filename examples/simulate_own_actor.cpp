// Actors of one's own, tested against a network that fails: a meter reports a reading a minute to a
// desk and repeats what did not arrive. In a simulated world both meet a partition and a restart,
// in virtual time; in the end every reading must have been noted.

#include "actors/spawn.hpp"
#include "actors/testing/invariants.hpp"
#include "actors/testing/world.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <exception>
#include <iostream>
#include <map>
#include <memory>
#include <set>
#include <string>

namespace {

using namespace std::chrono_literals;

const std::string channel = "example.readings";

// --- What is tested: actors as they run in production -------------------------------------------

// Stands for a database: it outlives the program. A set, for a reading may come twice: what the
// meter could not know to have arrived it sends again.
using noted_readings = std::set<int>;

hobnob::peer_subscriber_actor::behavior_type desk(hobnob::peer_subscriber_actor::pointer /*self*/,
                                                  std::shared_ptr<noted_readings> noted) {
  return {[](const hobnob::session_changed&) {},
          [](const hobnob::presence_changed&) {},
          [](const hobnob::link_changed&) {},
          [](const hobnob::text_received&) {},
          [=](const hobnob::application_message_received& message) {
            if (message.channel != channel || message.from != "meter") return;
            noted->insert(std::stoi(std::string{hobnob::as_text(message.content.view())}));
          },
          [](const hobnob::message_progress&) {},
          [](const hobnob::peer_stopped&) {}};
}

// Its own clock ticks by an actor's means, `delayed_send`: that is virtual time here.
using meter_actor = hobnob::peer_subscriber_actor::extend<hobnob::reacts_to<caf::tick_atom>>;

struct meter_state {
  static inline const char* name = "meter";
  int last = 0;
  std::set<int> unsent;
  std::map<hobnob::message_id, int> under_way;
};

// `peer` is good until it has said `peer_stopped`, the last that this actor hears.
meter_actor::behavior_type meter(meter_actor::stateful_pointer<meter_state> self,
                                 hobnob::peer* peer) {
  self->delayed_send(self, 1min, caf::tick_atom_v);
  return {[](const hobnob::session_changed&) {},
          [](const hobnob::presence_changed&) {},
          [](const hobnob::link_changed&) {},
          [](const hobnob::text_received&) {},
          [](const hobnob::application_message_received&) {},
          [=](const hobnob::message_progress& news) {
            if (news.state != hobnob::message_state::failed &&
                news.state != hobnob::message_state::delivered) {
              return;
            }
            const auto sent = self->state.under_way.extract(news.id);
            if (sent && news.state == hobnob::message_state::failed) {
              self->state.unsent.insert(sent.mapped());
            }
          },
          [=](const hobnob::peer_stopped&) { self->quit(); },
          [=](caf::tick_atom) {
            auto& state = self->state;
            state.unsent.insert(++state.last);
            for (const int reading : state.unsent) {
              const auto text = std::to_string(reading);
              const auto content = hobnob::shared_slice::copy_of(hobnob::as_byte_view(text));
              state.under_way.emplace(peer->send("desk", channel, content), reading);
            }
            state.unsent.clear();
            self->delayed_send(self, 1min, caf::tick_atom_v);
          }};
}

}  // namespace

// --- The test -----------------------------------------------------------------------------------

int main() try {
  hobnob::testing::world w{hobnob::testing::seed_from_environment(42)};
  w.add_relay();
  const auto noted = std::make_shared<noted_readings>();
  w.add_peer({.user = "desk", .at_start = [=](caf::actor_system& system, hobnob::peer& peer) {
                peer.subscribe(hobnob::spawn(system, desk, noted));
              }});
  w.add_peer({.user = "meter",
              .where = &w.add_site("home"),
              .at_start = [](caf::actor_system& system, hobnob::peer& peer) {
                peer.subscribe(hobnob::spawn(system, meter, &peer));
              }});
  if (!w.settle()) return 1;
  w.run_for(3min);
  w.apply("partition meter from desk relay");  // Neither a link nor the relay leads to the desk.
  w.run_for(5min);
  w.apply("heal");
  w.apply("kill desk");
  w.run_for(2min);
  w.apply("start desk");
  w.run_for(5min);

  const auto last = noted->empty() ? 0 : *noted->rbegin();
  std::cout << noted->size() << " readings, the last one is " << last << '\n';
  const auto wrong = check_safety(w);
  std::cout << hobnob::testing::to_text(wrong);
  const bool complete = noted->size() >= 14 && last == static_cast<int>(noted->size());
  if (!complete) w.write_report(std::cerr);
  return complete && wrong.empty() ? 0 : 1;
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}

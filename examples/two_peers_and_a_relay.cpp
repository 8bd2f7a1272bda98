// A relay and two peers in one process: log in, link up, say hello, get the answer, stop.

#include "actors/peer/peer.hpp"
#include "actors/relay/relay.hpp"
#include "actors/runtime.hpp"
#include "actors/spawn.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <future>
#include <iostream>
#include <memory>
#include <string>

namespace {

// A program keeps its key in a file; these serve only this example.
hobnob::identity key_of(char name) {
  hobnob::identity::seed seed{};
  seed.fill(static_cast<std::uint8_t>(name));
  return hobnob::identity::from_seed(seed);
}

// What a peer tells its subscribers arrives as typed messages.
hobnob::peer_subscriber_actor::behavior_type listen_to(
    hobnob::peer_subscriber_actor::pointer self, hobnob::peer_actor peer, std::string name,
    std::shared_ptr<std::promise<std::string>> heard) {
  (void)self;
  return {
      [](const hobnob::session_changed&) {},
      [](const hobnob::presence_changed&) {},
      [=](const hobnob::link_changed& link) {
        // Ann greets Bob as soon as the two are linked.
        if (name != "ann" || link.state != hobnob::link_state::up) return;
        hobnob::send_text hello;
        hello.to = link.user;
        hello.id[0] = 1;  // Any number that names this message; see peer::make_message_id.
        hello.text = "hello " + link.user;
        self->send(peer, hello);
      },
      [=](const hobnob::text_received& message) {
        heard->set_value(message.from + " says: " + message.text);
        if (name != "bob") return;
        hobnob::send_text answer;
        answer.to = message.from;
        answer.id[0] = 2;
        answer.text = "hello yourself";
        self->send(peer, answer);
      },
      [](const hobnob::application_message_received&) {},
      [](const hobnob::message_progress&) {},
      [](const hobnob::peer_stopped&) {},
  };
}

}  // namespace

int main() {
  const hobnob::endpoint any_port{hobnob::ip_address::v4({127, 0, 0, 1}), 0};
  hobnob::runtime loop;

  hobnob::relay_config relay_settings;
  relay_settings.listen = {any_port};
  hobnob::relay relay{loop, key_of('r'), relay_settings};
  if (const auto result = relay.start(); result.error) {
    std::cerr << "the relay cannot listen: " << result.detail << '\n';
    return 1;
  }

  hobnob::peer_config settings;
  settings.relay = *hobnob::core::relay_uri::parse(relay.uri());
  settings.listen = {any_port};
  settings.user = "ann";
  hobnob::peer ann{loop, key_of('a'), settings};
  settings.user = "bob";
  hobnob::peer bob{loop, key_of('b'), settings};

  auto ann_heard = std::make_shared<std::promise<std::string>>();
  auto bob_heard = std::make_shared<std::promise<std::string>>();
  ann.subscribe(
      hobnob::spawn(loop.system(), listen_to, ann.handle(), std::string{"ann"}, ann_heard));
  bob.subscribe(
      hobnob::spawn(loop.system(), listen_to, bob.handle(), std::string{"bob"}, bob_heard));

  for (auto* peer : {&ann, &bob}) {
    if (const auto result = peer->start(); result.error) {
      std::cerr << "a peer cannot listen: " << result.detail << '\n';
      return 1;
    }
  }
  loop.start();

  std::cout << "bob hears: " << bob_heard->get_future().get() << '\n';
  std::cout << "ann hears: " << ann_heard->get_future().get() << '\n';

  ann.stop();
  bob.stop();
  const bool orderly = ann.wait() && bob.wait();
  relay.stop();
  return orderly && relay.wait() ? 0 : 1;
}

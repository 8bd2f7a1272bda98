// A relay and two peers in one program, through nothing but the installed package: when ann sees
// that bob is online she says hello, and bob prints it.

#include "actors/peer/peer.hpp"
#include "actors/relay/relay.hpp"
#include "actors/runtime.hpp"
#include "actors/spawn.hpp"

#include <caf/typed_event_based_actor.hpp>
#include <chrono>
#include <functional>
#include <future>
#include <iostream>
#include <string>

namespace {

struct handlers {
  std::function<void(const hobnob::presence_changed&)> on_presence = [](const auto&) {};
  std::function<void(const hobnob::text_received&)> on_text = [](const auto&) {};
};

hobnob::peer_subscriber_actor::behavior_type subscriber(hobnob::peer_subscriber_actor::pointer,
                                                        const handlers* does) {
  return {
      [](const hobnob::session_changed&) {},
      [=](const hobnob::presence_changed& change) { does->on_presence(change); },
      [](const hobnob::link_changed&) {},
      [=](const hobnob::text_received& text) { does->on_text(text); },
      [](const hobnob::application_message_received&) {},
      [](const hobnob::message_progress&) {},
      [](const hobnob::peer_stopped&) {},
  };
}

hobnob::identity numbered_identity(std::uint8_t number) {
  return hobnob::identity::from_seed(hobnob::identity::seed{number});
}

}  // namespace

int main() {
  const std::vector<hobnob::endpoint> loopback{{hobnob::ip_address::v4({127, 0, 0, 1}), 0}};
  hobnob::runtime loop;

  hobnob::relay_config relay_config;
  relay_config.listen = loopback;
  relay_config.advertise = "127.0.0.1";
  hobnob::relay relay{loop, numbered_identity(1), relay_config};
  if (relay.start().error) return 1;

  hobnob::peer_config config;
  config.relay = hobnob::core::relay_uri::parse(relay.uri());
  config.listen = loopback;
  config.user = "ann";
  hobnob::peer ann{loop, numbered_identity(2), config};
  config.user = "bob";
  hobnob::peer bob{loop, numbered_identity(3), config};

  std::promise<std::string> heard;
  handlers at_ann;
  at_ann.on_presence = [&ann, said = false](const hobnob::presence_changed& change) mutable {
    if (said || change.user != "bob" || change.state != hobnob::presence::online) return;
    said = true;
    ann.send_text("bob", "hello");
  };
  handlers at_bob;
  at_bob.on_text = [&](const hobnob::text_received& text) {
    heard.set_value(text.text + " from " + text.from);
  };
  ann.subscribe(hobnob::spawn(loop.system(), subscriber, &at_ann));
  bob.subscribe(hobnob::spawn(loop.system(), subscriber, &at_bob));
  if (ann.start().error || bob.start().error) return 1;
  loop.start();

  auto sentence = heard.get_future();
  const bool arrived = sentence.wait_for(std::chrono::seconds{30}) == std::future_status::ready;
  if (arrived) std::cout << sentence.get() << '\n';

  ann.stop();
  bob.stop();
  relay.stop();
  const bool ended = ann.wait() && bob.wait() && relay.wait();
  loop.stop();
  loop.wait();
  return arrived && ended ? 0 : 1;
}

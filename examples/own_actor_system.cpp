// hobnob in a program that has an actor system and an io_context already: CAF's own threads, and
// one thread for the sockets. A relay and two peers; Ann tells Bob something on a channel of their
// own.

#include "actors/peer/peer.hpp"
#include "actors/relay/relay.hpp"
#include "actors/runtime.hpp"
#include "actors/spawn.hpp"
#include "transport/tcp/tcp_network.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <future>
#include <iostream>
#include <memory>
#include <string>
#include <thread>

namespace {

// A program keeps its key in a file; these serve only this example.
hobnob::identity key_of(char name) {
  hobnob::identity::seed seed{};
  seed.fill(static_cast<std::uint8_t>(name));
  return hobnob::identity::from_seed(seed);
}

using answer_ptr = std::shared_ptr<std::promise<std::string>>;

hobnob::peer_subscriber_actor::behavior_type wait_for(
    hobnob::peer_subscriber_actor::pointer /*self*/, answer_ptr linked, answer_ptr heard) {
  return {
      [](const hobnob::session_changed&) {},
      [](const hobnob::presence_changed&) {},
      [=](const hobnob::link_changed& link) {
        if (link.state == hobnob::link_state::up) linked->set_value(link.user);
      },
      [](const hobnob::text_received&) {},
      [=](const hobnob::application_message_received& message) {
        const auto text = hobnob::as_text(message.content.view());
        heard->set_value(message.from + " on " + message.channel + ": " + std::string{text});
      },
      [](const hobnob::message_progress&) {},
      [](const hobnob::peer_stopped&) {},
  };
}

// `context` runs meanwhile, on a thread of the caller.
int talk(caf::actor_system& system, hobnob::network& network, boost::asio::io_context& context) {
  const hobnob::endpoint any_port{hobnob::ip_address::v4({127, 0, 0, 1}), 0};
  hobnob::relay_config relay_settings;
  relay_settings.listen = {any_port};
  hobnob::relay relay{system, network, key_of('r'), relay_settings};
  if (relay.start().error) return 1;

  hobnob::peer_config settings;
  settings.relay = *hobnob::core::relay_uri::parse(relay.uri());
  settings.listen = {any_port};
  settings.user = "ann";
  hobnob::peer ann{system, network, key_of('a'), settings};
  settings.user = "bob";
  hobnob::peer bob{system, network, key_of('b'), settings};
  const auto linked = std::make_shared<std::promise<std::string>>();
  const auto heard = std::make_shared<std::promise<std::string>>();
  const auto unused = std::make_shared<std::promise<std::string>>();
  ann.subscribe(hobnob::spawn(system, wait_for, linked, unused));
  bob.subscribe(
      hobnob::spawn(system, wait_for, std::make_shared<std::promise<std::string>>(), heard));
  if (ann.start().error || bob.start().error) return 1;

  std::thread sockets{[&] { context.run(); }};
  std::cout << "ann is linked to " << linked->get_future().get() << '\n';
  ann.send("bob", "greetings", hobnob::shared_slice::copy_of(hobnob::as_byte_view("hello bob")),
           hobnob::frame_priority::normal, false);
  std::cout << "bob hears " << heard->get_future().get() << '\n';

  ann.stop();
  bob.stop();
  bool orderly = ann.wait() && bob.wait();
  relay.stop();
  orderly = relay.wait() && orderly;
  context.stop();
  sockets.join();
  return orderly ? 0 : 1;
}

}  // namespace

int main() {
  caf::actor_system_config config;
  hobnob::configure(config);  // Adds hobnob's message types; the scheduler stays CAF's.
  caf::actor_system system{config};
  boost::asio::io_context context{1};
  const auto work = boost::asio::make_work_guard(context);
  hobnob::tcp_network network{context};
  return talk(system, network, context);
}

// An application protocol of one's own between two CAF actors, over hobnob: a counter that others
// may add to. The bytes on the channel mean what the two ends agree on; hobnob brings them to the
// right user, sealed, in order and once, by link or by relay.

#include "actors/peer/peer.hpp"
#include "actors/relay/relay.hpp"
#include "actors/runtime.hpp"
#include "actors/spawn.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <cstdint>
#include <exception>
#include <future>
#include <iostream>
#include <memory>
#include <string>

namespace {

const std::string channel = "example.counter";

hobnob::identity key_of(char name) {
  hobnob::identity::seed seed{};
  seed.fill(static_cast<std::uint8_t>(name));
  return hobnob::identity::from_seed(seed);
}

// --- The protocol: "add N" is answered by "sum N" -----------------------------------------------

struct order {
  std::string verb;
  std::int64_t number = 0;
};

hobnob::shared_slice encode(const order& value) {
  return hobnob::shared_slice::copy_of(
      hobnob::as_byte_view(value.verb + " " + std::to_string(value.number)));
}

// Whoever sends may be anybody in the team: what comes is checked, not trusted.
bool decode(hobnob::byte_view content, order& value) {
  const std::string text{hobnob::as_text(content)};
  const auto space = text.find(' ');
  if (space == std::string::npos || text.size() > 32) return false;
  value.verb = text.substr(0, space);
  try {
    value.number = std::stoll(text.substr(space + 1));
  } catch (const std::exception&) {
    return false;
  }
  return true;
}

hobnob::send_application_message message_to(const std::string& user, std::uint8_t number,
                                            const order& value) {
  hobnob::send_application_message message;
  message.to = user;
  message.id[15] = number;  // Unique here; see peer::make_message_id.
  message.channel = channel;
  message.content = encode(value);
  return message;
}

// --- The two ends -------------------------------------------------------------------------------

hobnob::peer_subscriber_actor::behavior_type counter(hobnob::peer_subscriber_actor::pointer self,
                                                     hobnob::peer_actor peer) {
  auto sum = std::make_shared<std::int64_t>(0);
  auto answers = std::make_shared<std::uint8_t>(0);
  return {[](const hobnob::session_changed&) {},
          [](const hobnob::presence_changed&) {},
          [](const hobnob::link_changed&) {},
          [](const hobnob::text_received&) {},
          [=](const hobnob::application_message_received& message) {
            order request;
            if (message.channel != channel || !decode(message.content.view(), request)) return;
            if (request.verb != "add") return;
            *sum += request.number;
            self->send(peer, message_to(message.from, ++*answers, {"sum", *sum}));
          },
          [](const hobnob::message_progress&) {},
          [](const hobnob::peer_stopped&) {}};
}

hobnob::peer_subscriber_actor::behavior_type client(
    hobnob::peer_subscriber_actor::pointer self, hobnob::peer_actor peer,
    std::shared_ptr<std::promise<std::int64_t>> result) {
  return {[](const hobnob::session_changed&) {},
          [=](const hobnob::presence_changed& news) {
            // The counter is there: by link or by relay, it can be written to from now on.
            if (news.user != "counter" || news.state != hobnob::presence::online) return;
            for (std::uint8_t i = 1; i <= 10; ++i)
              self->send(peer, message_to("counter", i, {"add", i}));
          },
          [](const hobnob::link_changed&) {},
          [](const hobnob::text_received&) {},
          [=](const hobnob::application_message_received& message) {
            order answer;
            if (message.channel != channel || !decode(message.content.view(), answer)) return;
            std::cout << message.from << ": " << answer.verb << ' ' << answer.number << '\n';
            if (answer.number == 55) result->set_value(answer.number);
          },
          [](const hobnob::message_progress&) {},
          [](const hobnob::peer_stopped&) {}};
}

}  // namespace

int main() {
  const hobnob::endpoint any_port{hobnob::ip_address::v4({127, 0, 0, 1}), 0};
  hobnob::runtime loop;

  hobnob::relay_config relay_settings;
  relay_settings.listen = {any_port};
  hobnob::relay relay{loop, key_of('r'), relay_settings};
  if (relay.start().error) return 1;

  hobnob::peer_config settings;
  settings.relay = *hobnob::core::relay_uri::parse(relay.uri());
  settings.listen = {any_port};
  settings.user = "counter";
  hobnob::peer serving{loop, key_of('c'), settings};
  settings.user = "ann";
  hobnob::peer asking{loop, key_of('a'), settings};

  auto result = std::make_shared<std::promise<std::int64_t>>();
  serving.subscribe(hobnob::spawn(loop.system(), counter, serving.handle()));
  asking.subscribe(hobnob::spawn(loop.system(), client, asking.handle(), result));
  if (serving.start().error || asking.start().error) return 1;
  loop.start();

  const auto sum = result->get_future().get();
  std::cout << "all together: " << sum << '\n';
  serving.stop();
  asking.stop();
  const bool orderly = serving.wait() && asking.wait();
  relay.stop();
  return orderly && relay.wait() ? 0 : 1;
}

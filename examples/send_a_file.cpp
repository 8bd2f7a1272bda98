// Ann sends Bob a file, from memory into memory: offer, consent, progress, the last word.

#include "actors/core/memory_content.hpp"
#include "actors/peer/peer.hpp"
#include "actors/relay/relay.hpp"
#include "actors/runtime.hpp"
#include "actors/spawn.hpp"

#include <caf/send.hpp>
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

using last_word = std::shared_ptr<std::promise<hobnob::transfer_info>>;

// What becomes of transfers arrives as typed messages. Bob takes what Ann offers, up to a megabyte.
hobnob::transfer_subscriber_actor::behavior_type watch(
    hobnob::transfer_subscriber_actor::pointer, hobnob::transfers_actor transfers,
    std::shared_ptr<hobnob::core::memory_shelf> shelf, last_word ended) {
  return {
      [=](const hobnob::transfer_offered& offer) {
        hobnob::answer_offer answer;
        answer.id = offer.info.id;
        answer.accept = offer.info.user == "ann" && offer.info.summary.bytes <= 1'000'000;
        answer.sink = std::make_shared<hobnob::core::memory_sink>(shelf);
        caf::anon_send(transfers, answer);  // Or ask by a request, to hear whether it was taken.
      },
      [](const hobnob::transfer_progress&) {},
      [=](const hobnob::transfer_ended& news) { ended->set_value(news.info); },
  };
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
  settings.user = "ann";
  hobnob::peer ann{loop, key_of('a'), settings};
  settings.user = "bob";
  hobnob::peer bob{loop, key_of('b'), settings};

  const auto received = std::make_shared<hobnob::core::memory_shelf>();
  const auto ann_ended = std::make_shared<std::promise<hobnob::transfer_info>>();
  const auto bob_ended = std::make_shared<std::promise<hobnob::transfer_info>>();
  for (auto [peer, ended] : {std::pair{&ann, ann_ended}, std::pair{&bob, bob_ended}}) {
    caf::anon_send(peer->transfers(),
                   hobnob::add_transfer_subscriber{
                       hobnob::spawn(loop.system(), watch, peer->transfers(), received, ended)});
    if (peer->start().error) return 1;
  }
  loop.start();

  auto source = std::make_shared<hobnob::core::memory_source>();
  source->add_file("greeting.txt", hobnob::shared_slice::copy_of(hobnob::as_byte_view("hello")));
  hobnob::send_files order;
  order.to = "bob";
  order.source = source;
  caf::anon_send(ann.transfers(), order);  // Offered as soon as there is a link to Bob.

  const auto sent = ann_ended->get_future().get();
  const auto came = bob_ended->get_future().get();
  const auto* content = received->find("greeting.txt");
  if (sent.state != hobnob::transfer_state::done || came.state != sent.state || !content) return 1;
  std::cout << came.user << " sent " << came.summary.name << ": " << hobnob::as_text(*content)
            << '\n';

  ann.stop();
  bob.stop();
  const bool orderly = ann.wait() && bob.wait();
  relay.stop();
  return orderly && relay.wait() ? 0 : 1;
}

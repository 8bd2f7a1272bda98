#include "mesh_ends.hpp"

#include "mesh_meter.hpp"

#include "actors/peer/peer.hpp"
#include "actors/runtime.hpp"
#include "actors/spawn.hpp"

#include <caf/typed_event_based_actor.hpp>
#include <future>
#include <memory>
#include <set>
#include <stdexcept>
#include <utility>
#include <vector>

namespace hobnob::bench {
namespace {

/// Who is linked to whom. Used on the loop's thread only.
struct mesh_tally {
  std::size_t wanted = 0;
  std::set<std::pair<std::size_t, std::string>> linked;
  std::promise<void> full;
};

peer_subscriber_actor::behavior_type counter(peer_subscriber_actor::pointer, std::size_t who,
                                             mesh_tally* tally) {
  return {
      [](const session_changed&) {},
      [](const presence_changed&) {},
      [=](const link_changed& change) {
        const std::pair key{who, change.user};
        if (change.state == link_state::down) tally->linked.erase(key);
        if (change.state != link_state::up || !tally->linked.insert(key).second) return;
        if (tally->linked.size() == tally->wanted) std::exchange(tally->full, {}).set_value();
      },
      [](const text_received&) {},
      [](const application_message_received&) {},
      [](const message_progress&) {},
      [](const peer_stopped&) {},
  };
}

identity identity_of(std::size_t who) {
  return identity::from_seed(
      {8, static_cast<std::uint8_t>(who), static_cast<std::uint8_t>(who >> 8)});
}

}  // namespace

mesh_result hobnob_mesh(std::size_t peers, const std::string& relay_uri) {
  const auto relay = core::relay_uri::parse(relay_uri);
  if (!relay) throw std::runtime_error("no relay: " + relay.error());
  runtime loop;
  mesh_tally tally;
  tally.wanted = 2 * links_of(peers);
  auto full = tally.full.get_future();
  std::vector<std::unique_ptr<peer>> team;
  const mesh_meter meter;
  for (std::size_t who = 0; who < peers; ++who) {
    peer_config config;
    config.user = "user-" + std::to_string(who);
    config.relay = *relay;
    config.listen = {{ip_address::v4({127, 0, 0, 1}), 0}};
    config.dials_max = 1;  // As many peers on one machine should: see peer_config.
    team.push_back(std::make_unique<peer>(loop, identity_of(who), config));
    team.back()->subscribe(spawn(loop.system(), counter, who, &tally));
    if (const auto started = team.back()->start(); started.error)
      throw std::runtime_error(config.user + ": " + started.detail);
  }
  loop.start();
  const bool in_time = full.wait_for(std::chrono::minutes{5}) == std::future_status::ready;
  const auto result = meter.read(peers);
  for (auto& one : team) one->stop();
  for (auto& one : team) one->wait();
  team.clear();
  loop.stop();
  loop.wait();
  if (!in_time) throw std::runtime_error("the mesh was not full after five minutes");
  return result;
}

}  // namespace hobnob::bench

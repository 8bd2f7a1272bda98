// Many peers in one process, for the mesh test: logs in COUNT users of a team of TOTAL and counts.
//
// usage: mesh_peers RELAY_URI PREFIX COUNT TOTAL
//   stdin   `stop NAME`: that peer leaves in good order;  end of input: all do
//   stdout  {"event":"full","links":N}           every peer here is linked to all other TOTAL - 1
//           {"event":"missed","user":NAME,...}   every peer here knows that NAME is gone

#include "actors/peer/peer.hpp"
#include "actors/runtime.hpp"
#include "actors/spawn.hpp"

#include <sys/random.h>
#include <caf/typed_event_based_actor.hpp>
#include <cstdlib>
#include <iostream>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <utility>

namespace {

struct tally;

struct member {
  tally* counts = nullptr;
  bool leaving = false;  // What it sees of its own end does not count.
  std::unique_ptr<hobnob::peer> peer;
};

/// What the peers of this process have seen. Used on the loop's thread only.
struct tally {
  std::size_t peers = 0;
  std::size_t links_expected = 0;
  std::set<std::pair<const member*, std::string>> links;
  std::map<std::string, std::set<const member*>> links_lost;  // A link may flap: who misses it now.
  std::map<std::string, std::set<const member*>> absent;

  void link_up(const member* of, const std::string& user) {
    links_lost[user].erase(of);
    if (!links.emplace(of, user).second || links.size() != links_expected) return;
    std::cout << R"({"event":"full","v":1,"links":)" << links.size() << "}\n" << std::flush;
  }

  void link_down(const member* of, const std::string& user) {
    links.erase({of, user});
    links_lost[user].insert(of);
    gone(user);
  }

  void presence(const member* of, const std::string& user, bool here) {
    if (here) {
      absent[user].erase(of);
    } else {
      absent[user].insert(of);
      gone(user);
    }
  }

  void gone(const std::string& user) {
    if (links_lost[user].size() != peers || absent[user].size() != peers) return;
    std::cout << R"({"event":"missed","v":1,"user":")" << user << R"(","peers":)" << peers << "}\n"
              << std::flush;
  }
};

hobnob::peer_subscriber_actor::behavior_type watcher(hobnob::peer_subscriber_actor::pointer,
                                                     const member* owner) {
  return {
      [](const hobnob::session_changed&) {},
      [=](const hobnob::presence_changed& change) {
        if (owner->leaving) return;
        owner->counts->presence(owner, change.user, change.state != hobnob::presence::offline);
      },
      [=](const hobnob::link_changed& change) {
        if (owner->leaving) return;
        if (change.state == hobnob::link_state::up) owner->counts->link_up(owner, change.user);
        if (change.state == hobnob::link_state::down) owner->counts->link_down(owner, change.user);
      },
      [](const hobnob::text_received&) {},
      [](const hobnob::application_message_received&) {},
      [](const hobnob::message_progress&) {},
      [](const hobnob::peer_stopped&) {},
  };
}

hobnob::identity new_identity() {
  hobnob::identity::seed seed{};
  if (getrandom(seed.data(), seed.size(), 0) != static_cast<ssize_t>(seed.size())) std::abort();
  return hobnob::identity::from_seed(seed);
}

using team = std::map<std::string, member>;

int start_all(team& peers, hobnob::runtime& loop, const hobnob::core::relay_uri& relay,
              const std::string& prefix, tally& counts) {
  for (std::size_t i = 0; i < counts.peers; ++i) {
    hobnob::peer_config config;
    config.user = prefix + std::to_string(i);
    config.relay = relay;
    config.listen = {{hobnob::ip_address::v4({127, 0, 0, 1}), 0}};
    config.dials_max = 1;  // Hundreds of peers share two cores here: handshakes must not starve.
    auto& one = peers[config.user];
    one.counts = &counts;
    one.peer = std::make_unique<hobnob::peer>(loop, new_identity(), config);
    one.peer->subscribe(hobnob::spawn(loop.system(), watcher, &one));
    if (const auto started = one.peer->start(); started.error) {
      std::cerr << config.user << ": " << started.detail << '\n';
      return 2;
    }
  }
  return 0;
}

void read_commands(team& peers, hobnob::runtime& loop, tally& counts) {
  for (std::string line; std::getline(std::cin, line);) {
    const auto found = peers.find(line.substr(line.find(' ') + 1));
    if (!line.starts_with("stop ") || found == peers.end()) {
      std::cerr << "not understood: " << line << '\n';
      continue;
    }
    loop.post([&counts, &leaver = found->second] {
      --counts.peers;
      leaver.leaving = true;
      leaver.peer->stop();
    });
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) {
    std::cerr << "usage: mesh_peers RELAY_URI PREFIX COUNT TOTAL\n";
    return 1;
  }
  const auto relay = hobnob::core::relay_uri::parse(argv[1]);
  if (!relay) return 1;

  tally counts;
  counts.peers = std::strtoul(argv[3], nullptr, 10);
  counts.links_expected = counts.peers * (std::strtoul(argv[4], nullptr, 10) - 1);
  hobnob::runtime loop;
  team peers;
  if (const int code = start_all(peers, loop, *relay, argv[2], counts); code != 0) return code;
  loop.start();
  read_commands(peers, loop, counts);
  for (auto& [user, one] : peers) one.peer->stop();
  for (auto& [user, one] : peers) {
    if (!one.peer->wait()) std::cerr << user << " did not end in time\n";
    one.peer.reset();
  }
  loop.stop();
  loop.wait();
  return 0;
}

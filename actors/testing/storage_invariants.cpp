#include "actors/testing/invariant_text.hpp"
#include "actors/testing/invariants.hpp"

namespace hobnob::testing {
namespace {

/// When it was online for the first time, and with which key; nothing if it never was.
struct first_login {
  world::time_point at;
  fingerprint id;
};

/// The key that it had at that moment.
fingerprint key_at(const sim_peer& peer, world::time_point when) {
  fingerprint result;
  for (const auto& each : peer.keys()) {
    if (each.at <= when) result = each.id;
  }
  return result;
}

std::optional<first_login> first_login_of(const sim_peer& peer) {
  for (const auto& entry : peer.book().sessions) {
    if (entry.event.state == session_state::online)
      return first_login{entry.at, key_at(peer, entry.at)};
  }
  return std::nullopt;
}

bool holds(const std::vector<account>& accounts, const std::string& user, const fingerprint& id) {
  return std::ranges::any_of(accounts,
                             [&](const auto& row) { return row.user == user && row.id == id; });
}

}  // namespace

violations check_keys(const world& w) {
  violations result;
  for (const auto& peer : w.peers()) {
    const auto login = first_login_of(*peer);
    if (!login) continue;
    for (const auto& start : peer->keys()) {
      if (start.at <= login->at || start.id == login->id) continue;
      result.push_back(peer->host() + " was online with one key and starts with another one");
    }
    for (const auto& entry : peer->book().sessions) {
      if (entry.event.code != "name-taken" || entry.at <= login->at) continue;
      if (key_at(*peer, entry.at) != login->id) continue;
      result.push_back(peer->host() + " is told name-taken under the key it was online with");
    }
  }
  return result;
}

violations check_accounts(const world& w) {
  violations result;
  for (const auto& relay : w.relays()) {
    if (relay->starts().size() < 2) continue;
    const auto uri = core::relay_uri::parse(relay->uri());
    for (const auto& peer : w.peers()) {
      const auto login = first_login_of(*peer);
      if (!login || peer->config().relay != *uri) continue;
      for (const auto& start : relay->starts()) {
        if (start.at <= login->at || holds(start.accounts, peer->user(), login->id)) continue;
        result.push_back(relay->host() + " has forgotten that " + peer->user() + " has logged in");
      }
    }
  }
  return result;
}

}  // namespace hobnob::testing

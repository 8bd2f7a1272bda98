#include "actors/testing/run_report.hpp"

#include "actors/state_names.hpp"

#include <algorithm>
#include <iterator>
#include <set>

namespace hobnob::testing {
namespace {

std::string why_not_there(const sim_peer& peer) {
  switch (peer.current_state()) {
    case program::state::never_started:
      return peer.host() + " never started";
    case program::state::failed:
      return peer.host() + " failed to start: " + peer.start_error();
    default:
      return peer.host() + " is " + std::string{to_string(peer.current_state())};
  }
}

std::string why_not_logged_in(const sim_peer& peer) {
  const auto& session = peer.book().session;
  auto result = peer.host() + " is not logged in: " + std::string{to_string(session.state)};
  return session.code.empty() ? result : result + ", " + session.code;
}

std::vector<route> routes_of(sim_peer& from, const std::vector<std::string>& users) {
  const auto table = from.running() ? from.ask<user_list>(get_users{}) : std::nullopt;
  std::vector<route> result;
  for (const auto& user : users) {
    if (user == from.user()) continue;
    auto& added = result.emplace_back(route{from.host(), user});
    if (!table) {
      added.reason = from.running() ? from.host() + " does not answer" : why_not_there(from);
      continue;
    }
    const auto row = std::ranges::find(table->users, user, &user_info::user);
    if (row == table->users.end()) {
      added.reason = from.host() + " knows no " + user;
    } else {
      added.path = row->path;
      added.reason = row->why_not_direct;
    }
    if (!from.online()) added.reason = why_not_logged_in(from);
  }
  return result;
}

std::vector<route> all_routes(world& w) {
  std::vector<std::string> users;
  for (const auto& peer : w.peers()) {
    if (std::ranges::find(users, peer->user()) == users.end()) users.push_back(peer->user());
  }
  std::vector<route> result;
  for (const auto& peer : w.peers())
    std::ranges::move(routes_of(*peer, users), std::back_inserter(result));
  return result;
}

message_counts count_messages(const world& w) {
  message_counts result;
  std::map<std::string, std::set<message_id>> received;
  for (const auto& peer : w.peers()) {
    const auto count = [&, &ids = received[peer->user()]](const auto& entries) {
      for (const auto& entry : entries) result.doubled += !ids.insert(entry.event.id).second;
    };
    count(peer->book().texts);
    count(peer->book().application_messages);
  }
  for (const auto& peer : w.peers()) {
    for (const auto& sent : peer->book().sent) {
      ++result.sent;
      const auto outcome = peer->outcome(sent.id);
      if (outcome.state == message_state::delivered) {
        ++result.delivered[std::string{to_string(outcome.path)}];
        if (!received[sent.to].contains(sent.id)) ++result.delivered_but_missing;
      } else if (outcome.state == message_state::failed) {
        ++result.failed[outcome.code];
      } else {
        ++result.unsettled;
      }
    }
  }
  return result;
}

transfer_counts count_transfers(const world& w) {
  transfer_counts result;
  for (const auto& peer : w.peers()) {
    for (const auto& [id, info] : peer->transfers().latest) {
      if (info.direction != transfer_direction::sending) continue;
      ++result.begun;
      if (info.state == transfer_state::done) {
        ++result.done;
      } else if (info.state == transfer_state::failed) {
        ++result.failed[info.code];
      } else {
        const std::string state{to_string(info.state)};
        ++result.open[info.code.empty() ? state : state + ", " + info.code];
      }
    }
  }
  return result;
}

}  // namespace

run_report run_and_report(world& w, world::duration length, const traffic_counts& counts) {
  run_report result;
  result.seed = w.seed();
  result.team = run_watched(w, length);
  result.simulated = w.elapsed();
  result.trace_hash = w.trace_hash();
  result.messages = count_messages(w);
  result.messages.not_sent = counts.not_sent;
  result.transfers = count_transfers(w);
  result.transfers.given = counts.given;
  result.transfers.not_given = counts.not_given;
  result.routes = all_routes(w);  // Last: asking runs the world for a moment.
  return result;
}

}  // namespace hobnob::testing

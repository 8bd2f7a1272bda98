// What must be true of transfers.

#include "actors/testing/invariant_text.hpp"
#include "actors/transfer/transfer_words.hpp"

namespace hobnob::testing {
namespace {

bool is_over(transfer_state state) {
  return state == transfer_state::done || state == transfer_state::failed;
}

std::string sentence_on(const sim_peer& peer, const transfer_info& info) {
  return peer.host() + "'s transfer of " + info.summary.name + ' ' + to_text(info);
}

/// What the present life of a peer knows of and has not ended.
std::vector<transfer_info> open_transfers(const sim_peer& peer) {
  std::map<transfer_id, transfer_info> result;
  for (const auto& record : peer.remembered_transfers()) result[record.id] = info_of(record);
  const auto& book = peer.transfers();
  for (const auto& [id, info] : book.latest) {
    if (book.lives.at(id) == book.life) result[id] = info;
  }
  std::vector<transfer_info> open;
  for (const auto& [id, info] : result) {
    if (!is_over(info.state)) open.push_back(info);
  }
  return open;
}

bool may_have_circuits(const sim_peer& peer) { return peer.config().circuits != circuit_mode::off; }

}  // namespace

violations check_transfers(const world& w) {
  violations result;
  for (const auto& peer : w.peers()) {
    for (const auto& [id, info] : peer->transfers().latest) {
      if (info.state == transfer_state::failed && info.code.empty())
        result.push_back(sentence_on(*peer, info) + " without a reason");
      if (info.state != transfer_state::done) continue;
      const auto* other = only_peer_of(w, info.user);
      if (other == nullptr) continue;
      const bool sends = info.direction == transfer_direction::sending;
      const auto& from = sends ? *peer : *other;
      const auto& to = sends ? *other : *peer;
      const auto& name = info.summary.name;
      if (!from.has_given(name) || to.has_received(id, name, info.summary.bytes)) continue;
      result.push_back(sentence_on(*peer, info) + ", but the content is not there as it was sent");
    }
  }
  return result;
}

violations check_transfer_ends(const world& w) {
  violations result;
  for (const auto& peer : w.peers()) {
    if (!peer->online() || peer->transfers().latest.empty()) continue;
    for (const auto& info : open_transfers(*peer)) {
      const auto* other = only_peer_of(w, info.user);
      if (other == nullptr || !other->online() || w.relay_of(*peer) != w.relay_of(*other)) continue;
      if (other->config().hidden) continue;  // Nobody dials it.
      const bool linkable =
          w.can_link(*peer, *other) || (may_have_circuits(*peer) && may_have_circuits(*other));
      if (linkable) result.push_back(sentence_on(*peer, info) + " and does not end");
    }
  }
  return result;
}

}  // namespace hobnob::testing

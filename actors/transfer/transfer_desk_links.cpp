// Which link each transfer goes by. The sender chooses: the newest link to the last start of the
// user that has one, on which it offers the transfer again. The receiver follows the offers.

#include "actors/transfer/transfer_desk.hpp"

#include <algorithm>
#include <vector>

namespace hobnob {

void transfer_desk_state::open(const link_ready& news) {
  if (stopping) return;
  const transfer_link link{news.link, news.user, news.path, news.connection, news.transfers};
  links[news.link] = {link, news.name, news.epoch, news.serial};
  const bool is_best = best_link(news.name)->link == news.link;
  for (auto& [id, row] : transfers) {
    if (!row.actor || row.info.user != news.name) continue;
    const bool sending = row.info.direction == transfer_direction::sending;
    if ((sending && is_best) || row.link == 0) attach(row, link);
  }
}

void transfer_desk_state::close(std::uint64_t link) {
  links.erase(link);
  for (auto& [id, row] : transfers) {
    if (!row.actor || row.link != link) continue;
    const auto* other = best_link(row.info.user);
    attach(row, other ? *other : transfer_link{});
  }
}

/// Whoever hears of it first finds the most room: each in turn.
void transfer_desk_state::drained(std::uint64_t link) {
  const auto known = links.find(link);
  if (known == links.end()) return;
  auto& first = known->second.drained_first;
  std::vector<const entry_map::value_type*> rows;
  for (const auto& each : transfers) {
    if (each.second.actor && each.second.link == link) rows.push_back(&each);
  }
  if (rows.empty()) return;
  const auto next =
      std::find_if(rows.begin(), rows.end(), [&](const auto* each) { return first < each->first; });
  if (next != rows.end()) std::rotate(rows.begin(), next, rows.end());
  first = rows.front()->first;
  for (const auto* each : rows) self->send(each->second.actor, link_drained{link});
}

const transfer_link* transfer_desk_state::best_link(const std::string& user) const {
  const known_link* last = nullptr;  // Signed last.
  for (const auto& [number, each] : links) {
    if (each.user == user && (!last || each.serial >= last->serial)) last = &each;
  }
  if (!last) return nullptr;
  const auto best = std::find_if(links.rbegin(), links.rend(), [&](const auto& each) {
    return each.second.user == user && each.second.epoch == last->epoch;
  });
  return &best->second.link;
}

/// What is offered has been written down before: the receiver may rely on it whatever happens.
void transfer_desk_state::attach(entry& transfer, const transfer_link& link) {
  if (transfer.info.direction == transfer_direction::sending && !transfer.kept) return;
  transfer.link = link.link;
  // Whoever it is first sent to is whom it is for.
  if (transfer.info.key.is_null()) transfer.info.key = link.user;
  self->send(transfer.actor, link);
}

}  // namespace hobnob

// The message store as the rest of the program sees it: as the peer.

#include "actors/peer/message_store.hpp"

#include <utility>

namespace hobnob {

/// What has a way goes it. About all else the hub decides: it knows who can be asked about a user,
/// whose key is not trusted, and whether the peer stops. Until it has decided, later messages to
/// the same user take the same detour, so that none overtakes another.
template <class Order>
void message_store_state::send(Order& order) {
  const auto found = by_name.find(order.to);
  const bool has_way = found != by_name.end() && found->second->has_way();
  // Who subscribed before hears of it: the hub has him before it has the message.
  const bool waits = subscribing > 0 || (!asked.empty() && asked.contains(order.to));
  if (!hub || (has_way && !waits && !stopping)) return keep(order);
  ++asked[order.to];
  self->send(hub, std::move(order));
}

template void message_store_state::send(send_text&);
template void message_store_state::send(send_application_message&);

void message_store_state::subscribe(const peer_subscriber_actor& subscriber) {
  subscribers.push_back(subscriber);
  if (subscribing > 0) --subscribing;  // None: somebody subscribed at the hub itself.
}

/// The hub has decided about a message to this user.
void message_store_state::take_back(const std::string& to) {
  const auto found = asked.find(to);
  if (found != asked.end() && --found->second == 0) asked.erase(found);
}

}  // namespace hobnob

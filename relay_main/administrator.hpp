#pragma once

#include "actors/interfaces.hpp"
#include "actors/storage/control_server.hpp"

#include <boost/json/object.hpp>
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/type_id.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <memory>
#include <string>

namespace hobnob {

/// One of `admit`, `rebind`, `remove`, `kick`, `users`; the answer goes to `reply` as events.
struct admin_order {
  std::string command;
  std::string user;
  fingerprint id;
  std::shared_ptr<control_reply> reply;
};

boost::json::object to_json(const admin_order& order);

/// Without the reply. The command is empty if the object is no order.
admin_order admin_order_from(const boost::json::object& object);

using administrator_actor = caf::typed_actor<reacts_to<admin_order>>;

/// What can end a session; nobody where no relay runs.
using kicker_actor = caf::typed_actor<caf::replies_to<kick_user>::with<account_change_result>>;

struct administrator_state {
  static inline const char* name = "relay_main.administrator";

  explicit administrator_state(administrator_actor::pointer selfptr) : self(selfptr) {}

  administrator_actor::behavior_type make_behavior(account_store_actor store, kicker_actor kick);
  void obey(const admin_order& order);
  void list(const std::shared_ptr<control_reply>& reply);
  template <class Handle, class Order>
  void change(const Handle& who, Order order, const std::shared_ptr<control_reply>& reply);

  administrator_actor::pointer self;
  account_store_actor accounts;
  kicker_actor kicker;
};

/// Does the orders of the administration: through the directory of a running relay, or on the
/// accounts alone.
administrator_actor::behavior_type administrator(
    administrator_actor::stateful_pointer<administrator_state> self, account_store_actor accounts,
    kicker_actor kicker);

}  // namespace hobnob

CAF_BEGIN_TYPE_ID_BLOCK(relay_main, caf::id_block::hobnob::end)
CAF_ADD_TYPE_ID(relay_main, (hobnob::admin_order))
CAF_END_TYPE_ID_BLOCK(relay_main)

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::admin_order)

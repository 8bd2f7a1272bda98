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

struct administrator_state {
  static inline const char* name = "relay_main.administrator";

  explicit administrator_state(administrator_actor::pointer selfptr) : self(selfptr) {}

  administrator_actor::behavior_type make_behavior(directory_actor rules);
  void obey(const admin_order& order);
  void list(const std::shared_ptr<control_reply>& reply);
  template <class Order>
  void change(Order order, const admin_order& asked);

  administrator_actor::pointer self;
  directory_actor directory;
};

/// Does the orders of the administration.
administrator_actor::behavior_type administrator(
    administrator_actor::stateful_pointer<administrator_state> self, directory_actor directory);

}  // namespace hobnob

CAF_BEGIN_TYPE_ID_BLOCK(relay_main, caf::id_block::hobnob::end)
CAF_ADD_TYPE_ID(relay_main, (hobnob::admin_order))
CAF_END_TYPE_ID_BLOCK(relay_main)

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::admin_order)

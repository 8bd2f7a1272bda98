#pragma once

#include "actors/transfer/transfer_messages.hpp"
#include "peer_main/events.hpp"
#include "peer_main/job_request.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/stateful_actor.hpp>
#include <functional>
#include <string>

namespace hobnob {

struct transfer_order_config {
  job_request request;
  transfers_actor transfers;
  std::function<void(const event_object&)> emit;  ///< Each event of the answer.
  std::function<void(int)> finish;                ///< Once: the exit code.
};

/// `transfers`, `accept`, `reject`, `pause`, `resume` and `cancel`.
struct transfer_order_state {
  static inline const char* name = "peer_main.transfer_order";

  explicit transfer_order_state(caf::event_based_actor* selfptr) : self(selfptr) {}

  void begin(transfer_order_config settings);
  void take(const transfer_list& list);
  void obey(const transfer_info& about);
  template <class Order>
  void order(const transfer_info& about, Order what);
  void fail(std::string_view code, std::string_view detail);
  void finish(int exit_code);

  caf::event_based_actor* self;
  transfer_order_config config;
};

caf::behavior transfer_order_job(caf::stateful_actor<transfer_order_state>* self,
                                 transfer_order_config config);

/// The one transfer that `asked` names by the first letters of its id, among those to which
/// `command` can be given; without letters the only one there is. Else what is wrong.
core::checked<transfer_info> find_transfer(const transfer_list& list, const std::string& command,
                                           const std::string& asked);

}  // namespace hobnob

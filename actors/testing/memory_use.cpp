#include "actors/testing/memory_use.hpp"

#include "actors/peer/message_store.hpp"
#include "actors/peer/peer.hpp"
#include "actors/transfer/transfer_desk.hpp"

#include <caf/actor_cast.hpp>

#include <algorithm>

namespace hobnob::testing {
namespace {

/// Null if it has ended.
template <class Pointer, class Actor>
Pointer living(const Actor& handle) {
  auto* actor = caf::actor_cast<caf::abstract_actor*>(handle);
  constexpr int over =
      caf::abstract_actor::is_terminated_flag | caf::abstract_actor::is_cleaned_up_flag;
  return actor == nullptr || actor->getf(over) ? nullptr : static_cast<Pointer>(actor);
}

void raise(std::size_t& most, std::size_t to) { most = std::max(most, to); }

}  // namespace

memory_use memory_of(const peer& which) {
  memory_use result;
  using store = message_store_actor::stateful_pointer<message_store_state>;
  if (const auto messages = living<store>(which.handle())) {
    for (const auto& with : messages->state.conversations) {
      raise(result.outbox_messages, with->out.size());
      raise(result.outbox_bytes, with->out.content_bytes());
      raise(result.held_messages, with->in.held_back().messages);
      raise(result.held_bytes, with->in.held_back().bytes);
      raise(result.unfinished_messages, with->in.parts().unfinished());
      raise(result.unfinished_bytes, with->in.parts().announced_bytes());
    }
  }
  using desk = transfer_desk_actor::stateful_pointer<transfer_desk_state>;
  if (const auto transfers = living<desk>(which.transfers()))
    result.input_bytes = transfers->state.kept->kept();
  return result;
}

}  // namespace hobnob::testing

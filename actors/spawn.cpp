#include "actors/spawn.hpp"

#include "actors/live_actors.hpp"

#include <spdlog/spdlog.h>
#include <caf/abstract_actor.hpp>
#include <caf/message_view.hpp>
#include <caf/sec.hpp>
#include <caf/system_messages.hpp>
#include <caf/type_erased_tuple.hpp>
#include <exception>
#include <string>

namespace hobnob {

namespace {

caf::error log_exception(caf::scheduled_actor* self, std::exception_ptr& thrown) {
  std::string what = "unknown exception";
  try {
    std::rethrow_exception(thrown);
  } catch (const std::exception& known) {
    what = known.what();
  } catch (...) {
  }
  spdlog::error("actor {} ({}) ends: it threw: {}", self->name(), self->id(), what);
  return make_error(caf::sec::runtime_error, what);
}

void log_down(caf::scheduled_actor* self, caf::down_msg& down) {
  spdlog::warn("actor {} ({}) does not handle the end of actor {}: {}", self->name(), self->id(),
               down.source.id(), to_string(down.reason));
}

// The types only: the content may be a user's.
caf::result<caf::message> log_unexpected(caf::scheduled_actor* self, caf::message_view& message) {
  const auto& content = message.content();
  std::string types;
  for (std::size_t i = 0; i < content.size(); ++i) {
    const auto [number, rtti] = content.type(i);
    if (i > 0) types += ", ";
    types += self->system().types().portable_name(number, rtti);
  }
  spdlog::warn("actor {} ({}) does not handle messages of type ({})", self->name(), self->id(),
               types);
  return caf::sec::unexpected_message;
}

}  // namespace

void use_logging_handlers(caf::scheduled_actor& self) {
  self.set_exception_handler(caf::scheduled_actor::exception_handler(log_exception));
  self.set_down_handler(caf::scheduled_actor::down_handler(log_down));
  self.set_default_handler(caf::scheduled_actor::default_handler(log_unexpected));
}

void detail::note_spawned(caf::actor_system& system, const caf::strong_actor_ptr& actor,
                          bool detached) {
  if (auto* live = live_actors::of(system)) live->note_spawned(actor, detached);
}

}  // namespace hobnob

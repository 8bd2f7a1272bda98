#pragma once

#include <caf/actor_cast.hpp>
#include <caf/actor_control_block.hpp>
#include <caf/actor_system.hpp>
#include <caf/detail/type_traits.hpp>
#include <caf/scheduled_actor.hpp>
#include <caf/spawn_options.hpp>
#include <type_traits>
#include <utility>

namespace hobnob {

/// CAF prints unhandled exceptions, down messages and unexpected messages on stdout, where our
/// programs print data. This sends them to the log instead (never the content of a message).
/// An actor may replace each of the handlers afterwards.
void use_logging_handlers(caf::scheduled_actor& self);

namespace detail {

/// Lets a `runtime` know an actor that its scheduler does not see.
void note_spawned(caf::actor_system& system, const caf::strong_actor_ptr& actor, bool detached);

template <class Behavior, class ArgumentList>
struct with_logging_handlers;

/// Calls `behavior` for an actor whose handlers are set; has the signature CAF infers actors from.
template <class Behavior, class Self, class... Ts>
struct with_logging_handlers<Behavior, caf::detail::type_list<Self, Ts...>> {
  auto operator()(Self self, Ts... arguments) {
    use_logging_handlers(*self);
    return behavior(self, std::forward<Ts>(arguments)...);
  }
  Behavior behavior;
};

}  // namespace detail

/// Starts an actor. The one way to do it in hobnob:
///
///     auto monitor = spawn(system, heartbeat_monitor, config, owner);
///
/// `behavior` is a function `x_actor::behavior_type x(x_actor::stateful_pointer<x_state> self,
/// ...)` (or `x_actor::pointer`, or of an untyped actor); arguments as for `actor_system::spawn`.
/// An actor starts its children with `spawn(self->system(), ...)` too. Any thread.
///
/// Options are CAF's: `caf::detached` gives a thread of its own to an actor that blocks. There is
/// no `caf::lazy_init`: an actor that never ran could not be ended in an orderly way.
template <caf::spawn_options Options = caf::no_spawn_options, class Behavior, class... Ts>
auto spawn(caf::actor_system& system, Behavior behavior, Ts&&... arguments) {
  static_assert(!caf::has_lazy_init_flag(Options));
  using traits = caf::detail::get_callable_trait<Behavior>;
  using wrapper = detail::with_logging_handlers<Behavior, typename traits::arg_types>;
  auto handle = system.spawn<Options>(wrapper{std::move(behavior)}, std::forward<Ts>(arguments)...);
  detail::note_spawned(system, caf::actor_cast<caf::strong_actor_ptr>(handle),
                       caf::has_detach_flag(Options));
  return handle;
}

}  // namespace hobnob

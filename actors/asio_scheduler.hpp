#pragma once

#include <memory>

namespace boost::asio {
class io_context;
}
namespace caf {
class actor_system_config;
}

namespace hobnob {

class loop_driver;

/// Makes every actor system built from `config` run its actors on the thread that runs `context`,
/// and its time-outs on one Asio timer: a message from a coroutine to an actor on the same thread
/// costs 1-2 us instead of the 40 us of a wake-up between threads.
///
/// Rules for the owner of such a system (`hobnob::runtime` keeps them for you):
/// - One thread runs `context`. `context` outlives the system.
/// - Actors only run while the loop runs. A blocking `scoped_actor` request on the loop's own
///   thread would wait for ever.
/// - To end: make the actors end, run the loop until `system.registry().running() == 0`, destroy
///   the system while nothing runs the loop. The destructor does not wait for actors as CAF's
///   usually does: those that still live are killed on the destroying thread. It does wait for
///   `caf::detached` actors, which must end by themselves or be started by `hobnob::spawn`, and for
///   the last handle of each to go.
/// - An actor handles at most 50 messages in a row (`scheduler.max-throughput` if set), and the
///   actors at most 64 such turns, before sockets and timers get theirs.
void use_asio_scheduler(caf::actor_system_config& config, boost::asio::io_context& context);

/// The same on any other loop, for instance one with virtual time. One system for each driver.
void use_loop_scheduler(caf::actor_system_config& config, std::shared_ptr<loop_driver> driver);

}  // namespace hobnob

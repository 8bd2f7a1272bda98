#pragma once

#include "actors/loop_driver.hpp"

#include <memory>

namespace boost::asio {
class io_context;
}

namespace hobnob {

/// Drives actors on an `io_context` that one thread runs, in the time of `steady_clock`.
/// `context` must live until the driver is detached. Deadlines use one Asio timer in all.
///
/// After a stall (SIGSTOP, a machine that slept) the sockets get their turn before late timers are
/// told, so that a peer whose bytes are already here is not judged silent.
std::shared_ptr<loop_driver> make_asio_loop_driver(boost::asio::io_context& context);

}  // namespace hobnob

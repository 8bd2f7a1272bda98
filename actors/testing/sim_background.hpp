#pragma once

#include "actors/storage/background.hpp"

#include <memory>

namespace hobnob {
class network;
}

namespace hobnob::testing {

/// Work of a simulated program: on its network's loop and in its time, so that it rests while the
/// program is paused and never comes when the program has ended. `net` must outlive the waits that
/// it has under way, as a network does.
std::unique_ptr<background> make_sim_background(network& net);

}  // namespace hobnob::testing

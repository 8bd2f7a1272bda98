#pragma once

namespace hobnob {

class network;
class runtime;

/// The machine's network on the loop of `loop`: one for each runtime, made at the first call, alive
/// as long as the runtime. Before the loop runs, or on its thread.
network& network_of(runtime& loop);

}  // namespace hobnob

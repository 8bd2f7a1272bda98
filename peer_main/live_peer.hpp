#pragma once

#include "actors/storage/data_directory.hpp"
#include "peer_main/exit_gate.hpp"
#include "peer_main/options.hpp"
#include "peer_main/p2p_log.hpp"
#include "peer_main/streams.hpp"
#include "transport/tls/identity.hpp"

#include <memory>

namespace hobnob {

/// What a peer is built from; the data directory is locked by this process.
struct peer_surroundings {
  const peer_options& options;
  const data_directory& data;
  const identity& self;
  standard_streams& streams;
  exit_gate& gate;
};

/// `chat` and `run`: until the user, a signal or the relay ends it. Answers the exit code.
int run_live(const peer_surroundings& all);

/// One command with a peer of its own, hidden from the others. `input` is what `send -` sends.
int run_alone(const peer_surroundings& all, job_request request,
              const std::shared_ptr<input_spool>& input,
              const std::shared_ptr<event_output>& output);

}  // namespace hobnob

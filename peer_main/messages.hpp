#pragma once

// What the program's own actors are told, besides the peer's events.

#include "actors/interfaces.hpp"
#include "actors/storage/control_server.hpp"
#include "actors/storage/input_spool.hpp"
#include "peer_main/job_request.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/type_id.hpp>
#include <memory>
#include <string>

namespace hobnob {

/// A line came on standard input.
struct line_read {
  std::string text;
  bool too_long = false;  ///< It was cut: not to be acted on.
};

/// Standard input has ended.
struct input_ended {};

/// A command was started beside this program.
struct job_handed_over {
  job_request request;
  std::shared_ptr<input_spool> input;  ///< `send -`: what came on its standard input; else null.
  std::shared_ptr<control_reply> reply;
};

/// What was asked on standard input has been answered.
struct job_answered {};

/// The program is to end with this exit code: a signal, an output that fails.
struct end_program {
  int exit_code = 0;
  std::string code;  ///< Of an `error` event that says why; may be empty.
  std::string detail;
};

/// A job's time is up, or it looks again.
struct job_tick {
  bool timeout = false;
};

}  // namespace hobnob

CAF_BEGIN_TYPE_ID_BLOCK(peer_main, caf::id_block::hobnob::end)
CAF_ADD_TYPE_ID(peer_main, (hobnob::line_read))
CAF_ADD_TYPE_ID(peer_main, (hobnob::input_ended))
CAF_ADD_TYPE_ID(peer_main, (hobnob::job_handed_over))
CAF_ADD_TYPE_ID(peer_main, (hobnob::job_answered))
CAF_ADD_TYPE_ID(peer_main, (hobnob::end_program))
CAF_ADD_TYPE_ID(peer_main, (hobnob::job_tick))
CAF_END_TYPE_ID_BLOCK(peer_main)

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::line_read)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::input_ended)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::job_handed_over)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::job_answered)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::end_program)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::job_tick)

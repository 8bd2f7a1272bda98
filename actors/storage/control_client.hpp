#pragma once

#include <boost/json/object.hpp>
#include <chrono>
#include <filesystem>
#include <functional>

namespace hobnob {

enum class control_outcome {
  done,          ///< `exit_code` is the answer's.
  nobody_there,  ///< No program serves the socket (yet).
  silent,        ///< The program does not answer: it is stopped, or hangs.
  broken_off,    ///< The program ended in the middle of the answer.
};

struct control_answer {
  control_outcome outcome = control_outcome::nobody_there;
  int exit_code = 0;
};

/// Hands `request` to the program that serves the control socket at `path` and waits for its whole
/// answer, at most `patience` for each part of it; `on_event` gets each event. Blocks. `attached`
/// is a descriptor that goes with the request, or -1; it stays the caller's.
control_answer ask_running_program(const std::filesystem::path& path,
                                   const boost::json::object& request,
                                   std::chrono::milliseconds patience,
                                   const std::function<void(const boost::json::object&)>& on_event,
                                   int attached = -1);

}  // namespace hobnob

#pragma once

#include "peer_main/events.hpp"

#include <string>

namespace hobnob {

/// Which stream an event's words belong to.
enum class word_kind {
  nothing,  ///< Not shown to people.
  data,     ///< What was asked for, or a message: standard output.
  notice,   ///< What happens meanwhile: standard error.
  warning,  ///< What must not be missed: standard error, also with --json.
};

struct shown_event {
  word_kind kind = word_kind::nothing;
  std::string text;  ///< One or more lines without the last line feed; safe on any terminal.
};

/// An event in words. `colours`: with ANSI colours (ECMA-48).
shown_event in_words(const event_object& event, bool colours);

}  // namespace hobnob

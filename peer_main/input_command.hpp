#pragma once

#include "actors/core/checked.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace hobnob {

/// The longest text of one message, in bytes.
inline constexpr std::size_t text_size_max = 32 * 1024;

/// A line typed into chat or run.
struct input_command {
  enum class kind {
    nothing,  ///< An empty line.
    text,     ///< To `user`, or to the current conversation if that is empty.
    talk_to,  ///< `/msg USER` alone: makes `user` the current conversation.
    who,
    status,
    ping,
    verify,
    send,  ///< The files at `text` to `user`.
    transfers,
    order,  ///< `order` for the transfer that `text` names.
    help,
    quit,
  };

  kind what = kind::nothing;
  std::string user;
  std::string text;
  bool accept = false;  ///< `/verify USER --accept`
  std::string order;    ///< "accept", "reject", "pause", "resume", "cancel"
};

/// What is wrong with a line: the code of an `error` event, and words for people.
struct input_fault {
  std::string code;
  std::string detail;
};

/// Either a command or a fault (then `fault.code` is not empty).
struct parsed_input {
  input_command command;
  input_fault fault;
};

parsed_input parse_input(std::string_view line);

/// What is wrong with the text of a message; no code if nothing is.
input_fault check_text(std::string_view text);

/// The slash commands, for completion; and what `/help` shows.
const std::vector<std::string>& input_command_names();
std::string input_help();

}  // namespace hobnob

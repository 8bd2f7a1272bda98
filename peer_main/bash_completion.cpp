#include "peer_main/option_table.hpp"
#include "peer_main/options.hpp"

#include <boost/program_options/options_description.hpp>

namespace hobnob {
namespace {

// Names of users are those of the known keys: reading them needs no relay.
constexpr std::string_view script =
    R"bash(# bash completion for peer_main: eval "$(peer_main completion bash)"
_peer_main_users() {
  local folder=${HOBNOB_DATA_DIR:-${XDG_DATA_HOME:-$HOME/.local/share}/hobnob/peer} i
  for ((i = 1; i < COMP_CWORD; ++i)); do
    if [[ ${COMP_WORDS[i]} == --data-dir ]]; then folder=${COMP_WORDS[i + 1]}; fi
  done
  sed -n 's/^user \([^ ]*\) .*/\1/p' "${folder/#\~/$HOME}/known_keys" 2>/dev/null
}
_peer_main() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} command= i
  local commands='@COMMANDS@' options='@OPTIONS@'
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; ++i)); do
    case ${COMP_WORDS[i]} in
      @VALUES@) ((++i)) ;;
      -*) ;;
      *) command=${COMP_WORDS[i]}; break ;;
    esac
  done
  case $before in
    --data-dir|--download-dir|--to) COMPREPLY=($(compgen -d -- "$word")); return ;;
    --config|--p2p-log) COMPREPLY=($(compgen -f -- "$word")); return ;;
    --log-level) COMPREPLY=($(compgen -W 'trace debug info warn error off' -- "$word")); return ;;
    --direct) COMPREPLY=($(compgen -W 'both dial accept off' -- "$word")); return ;;
    --circuits) COMPREPLY=($(compgen -W 'on off always' -- "$word")); return ;;
    --accept-files) COMPREPLY=($(compgen -W 'ask known verified all none' -- "$word")); return ;;
    --on-conflict) COMPREPLY=($(compgen -W 'rename skip overwrite' -- "$word")); return ;;
    --wait) COMPREPLY=($(compgen -W 'queued accepted delivered' -- "$word")); return ;;
    @VALUES@) return ;;
  esac
  if [[ $word == -* ]]; then
    COMPREPLY=($(compgen -W "$options" -- "$word"))
  elif [[ -z $command ]]; then
    COMPREPLY=($(compgen -W "$commands" -- "$word"))
  elif [[ $before == "$command" ]]; then
    case $command in
      say|send|ping|verify) COMPREPLY=($(compgen -W "$(_peer_main_users)" -- "$word")) ;;
      completion) COMPREPLY=($(compgen -W bash -- "$word")) ;;
    esac
  elif [[ $command == send ]]; then
    COMPREPLY=($(compgen -f -- "$word"))
  fi
}
complete -F _peer_main peer_main
)bash";

std::string replaced(std::string text, std::string_view what, std::string_view by) {
  for (auto at = text.find(what); at != text.npos; at = text.find(what, at + by.size()))
    text.replace(at, what.size(), by);
  return text;
}

/// "one two three"
void append(std::string& list, std::string_view separator, std::string_view word) {
  if (!list.empty()) list += separator;
  list += word;
}

}  // namespace

std::string bash_completion() {
  std::string commands;
  for (const auto& command : peer_commands()) append(commands, " ", command.name);
  std::string options;
  std::string with_value;
  const auto table = peer_option_table();
  for (const auto& option : table.options()) {
    const auto name = "--" + option->long_name();
    append(options, " ", name);
    if (option->semantic()->max_tokens() > 0) append(with_value, "|", name);
  }
  auto text = replaced(std::string{script}, "@COMMANDS@", commands);
  text = replaced(std::move(text), "@OPTIONS@", options);
  return replaced(std::move(text), "@VALUES@", with_value);
}

}  // namespace hobnob

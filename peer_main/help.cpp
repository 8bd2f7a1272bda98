#include "peer_main/option_table.hpp"
#include "peer_main/options.hpp"

#include <boost/program_options/options_description.hpp>
#include <iomanip>
#include <sstream>

namespace hobnob {

std::string peer_help() {
  std::ostringstream out;
  out << "peer_main - chat with the people of your team, directly from machine to machine\n\n"
         "Usage: peer_main [OPTION...] [COMMAND]\n\n"
         "A relay brings you together: start one with relay_main, or ask for its address. Then\n\n"
         "  peer_main --relay hobnob://relay.example.org:7440/?id=... --user ann\n\n"
         "opens a console. Write /msg bob hello there, or /help.\n\n"
         "Commands:\n";
  for (const auto& command : peer_commands()) {
    const auto usage = std::string{command.name} + " " + std::string{command.arguments};
    out << "  " << std::left << std::setw(18) << usage << command.what << "\n";
  }
  out << "\n"
      << peer_option_table()
      << "\nEvery option may also be set in the environment (HOBNOB_USER=ann) or in the config "
         "file\n"
         "(user = ann); an option given here wins, then the environment, then the file.\n\n"
         "Examples:\n"
         "  peer_main --relay URI --user ann say bob 'lunch?'      send one message, wait until it "
         "is there\n"
         "  git log -1 | peer_main --relay URI say bob -           send what another program "
         "prints\n"
         "  peer_main who                                          through the chat that is "
         "running\n"
         "  peer_main --json run | jq 'select(.event==\"message\")'  for scripts\n\n"
         "Commands started beside a running chat or run (same --data-dir) are done by it.\n\n"
         "Exit codes: 0 done, 1 wrong usage, 2 unexpected, 3 network or relay unreachable, 4 "
         "identity or\n"
         "key refused, 5 refused or user not there, 6 timed out, 130/143 ended by a signal.\n";
  return out.str();
}

std::string version_text() { return "hobnob " HOBNOB_VERSION "\n"; }

std::string bash_completion() {
  std::string options;
  const auto table = peer_option_table();
  for (const auto& option : table.options()) options += "--" + option->long_name() + " ";
  std::string commands;
  for (const auto& command : peer_commands()) commands += std::string{command.name} + " ";

  std::ostringstream out;
  out << "# bash completion for peer_main: eval \"$(peer_main completion bash)\"\n"
         "_peer_main() {\n"
         "  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}\n"
         "  case $before in\n"
         "    --data-dir) COMPREPLY=($(compgen -d -- \"$word\")); return ;;\n"
         "    --config|--p2p-log) COMPREPLY=($(compgen -f -- \"$word\")); return ;;\n"
         "    --log-level) COMPREPLY=($(compgen -W 'trace debug info warn error off' -- "
         "\"$word\")); return ;;\n"
         "    --direct) COMPREPLY=($(compgen -W 'both dial accept off' -- \"$word\")); return ;;\n"
         "    --wait) COMPREPLY=($(compgen -W 'queued accepted delivered' -- \"$word\")); return "
         ";;\n"
         "    completion) COMPREPLY=($(compgen -W 'bash' -- \"$word\")); return ;;\n"
         "    --relay|--user|--listen|--timeout|say|ping|verify) return ;;\n"
         "  esac\n"
         "  if [[ $word == -* ]]; then\n"
      << "    COMPREPLY=($(compgen -W '" << options << "' -- \"$word\"))\n"
      << "  else\n"
      << "    COMPREPLY=($(compgen -W '" << commands << "' -- \"$word\"))\n"
      << "  fi\n"
         "}\n"
         "complete -F _peer_main peer_main\n";
  return out.str();
}

}  // namespace hobnob

#include "peer_main/option_table.hpp"
#include "peer_main/options.hpp"

#include <algorithm>
#include <boost/program_options/options_description.hpp>
#include <iomanip>
#include <sstream>

namespace hobnob {

namespace {

namespace po = boost::program_options;

std::string help_of(const command_entry& command) {
  std::ostringstream out;
  out << "peer_main " << command.name << " - " << command.what
      << "\n\nUsage: peer_main [OPTION...] " << command.name
      << (command.arguments.empty() ? "" : " ") << command.arguments << "\n";
  if (!command.more.empty()) out << "\n" << command.more;
  const auto table = peer_option_table();
  po::options_description own{"Options that matter here", 100, 60};
  for (const auto& option : table.options()) {
    const auto named = std::find(command.options.begin(), command.options.end(),
                                 std::string_view{option->long_name()});
    if (named != command.options.end()) own.add(option);
  }
  if (!own.options().empty()) out << "\n" << own;
  out << "\nAll options and commands: peer_main --help\n";
  return out.str();
}

}  // namespace

std::string peer_help(std::string_view command_name) {
  for (const auto& command : peer_commands())
    if (command.name == command_name) return help_of(command);

  std::ostringstream out;
  out << "peer_main - chat and hand over files, directly from machine to machine\n\n"
         "Usage: peer_main [OPTION...] [COMMAND]\n\n"
         "A relay brings you together: start one with relay_main, or ask for its address. Then\n\n"
         "  peer_main --relay hobnob://relay.example.org:7440/?id=... --user ann\n\n"
         "opens a console. Write /msg bob hello there, or /help.\n\n"
         "Commands:\n";
  for (const auto& command : peer_commands()) {
    const auto usage = std::string{command.name} + " " + std::string{command.arguments};
    out << "  " << std::left << std::setw(20) << usage << command.what << "\n";
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
         "More about a command: peer_main COMMAND --help\n"
         "Commands started beside a running chat or run (same --data-dir) are done by it.\n\n"
         "Exit codes: 0 done, 1 wrong usage, 2 unexpected, 3 network or relay unreachable, 4 "
         "identity or\n"
         "key refused, 5 refused or user not there, 6 timed out, 130/143 ended by a signal.\n";
  return out.str();
}

std::string version_text() { return "hobnob " HOBNOB_VERSION "\n"; }

}  // namespace hobnob

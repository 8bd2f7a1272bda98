#pragma once

#include <boost/program_options/options_description.hpp>
#include <string_view>
#include <vector>

namespace hobnob {

/// The options of peer_main, with their help.
boost::program_options::options_description peer_option_table();

/// What the commands are, for help, checks and completion.
struct command_entry {
  std::string_view name;
  std::string_view arguments;
  std::string_view what;
  std::size_t arguments_min = 0;
  std::size_t arguments_max = 0;
  std::vector<std::string_view> options;  ///< That matter to this command more than to others.
  std::string_view more;                  ///< What its own help says besides; whole lines.
};

const std::vector<command_entry>& peer_commands();

}  // namespace hobnob

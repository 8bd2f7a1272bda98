#pragma once

#include <boost/program_options/options_description.hpp>
#include <string_view>
#include <vector>

namespace hobnob {

/// The options of relay_main, with their help.
boost::program_options::options_description relay_option_table();

struct relay_command_entry {
  std::string_view name;
  std::string_view arguments;
  std::string_view what;
  std::size_t arguments_count = 0;
  std::string_view more;  ///< What its own help says besides; whole lines.
};

const std::vector<relay_command_entry>& relay_commands();

}  // namespace hobnob

#pragma once

#include "actors/core/sanitise.hpp"
#include "actors/core/settings_text.hpp"
#include "actors/storage/small_file.hpp"

#include <algorithm>
#include <boost/program_options/option.hpp>
#include <boost/program_options/options_description.hpp>
#include <boost/program_options/parsers.hpp>
#include <boost/program_options/variables_map.hpp>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hobnob {

/// Settings from the environment and from a config file, added to what the command line has set
/// already (the first to set a value wins). Each function answers what is wrong, for people; an
/// empty string if nothing is. Needs Boost.Program_options to be linked.
class program_settings {
 public:
  program_settings(const boost::program_options::options_description& table,
                   boost::program_options::variables_map& values)
      : table_(table), values_(values) {}

  /// Names in `of_others` are skipped: the settings of the other program may stand in the same
  /// environment.
  std::string add_environment(const char* const* environment,
                              std::span<const std::string_view> of_others) {
    auto settings = core::environment_settings(environment);
    std::erase_if(settings, [&](const core::setting& s) {
      return std::find(of_others.begin(), of_others.end(), s.key) != of_others.end() &&
             table_.find_nothrow(s.key, false) == nullptr;
    });
    return add(settings);
  }

  /// A file that is not there is wrong only if it was `named`.
  std::string add_config_file(const std::filesystem::path& path, bool named) {
    constexpr std::size_t size_max = 64 * 1024;
    const auto file = read_small_file(path, size_max);
    if (file.error == std::errc::no_such_file_or_directory && !named) return {};
    if (file.error)
      return "cannot read the config file " + path.string() + ": " + file.error.message();
    const auto settings = core::parse_config(file.content, path.string());
    return settings ? add(*settings) : settings.error();
  }

 private:
  std::string add(const std::vector<core::setting>& settings) {
    boost::program_options::parsed_options parsed{&table_};
    for (const auto& setting : settings) {
      const bool flag_only =
          setting.key == "help" || setting.key == "version" || setting.key == "config";
      if (flag_only || table_.find_nothrow(setting.key, false) == nullptr)
        return setting.origin + ": there is no setting '" + core::sanitise_line(setting.key, 60) +
               "' (see --help)";
      boost::program_options::option option;
      option.string_key = setting.key;
      option.value = {setting.value};
      option.original_tokens = {setting.key, setting.value};
      parsed.options.push_back(std::move(option));
    }
    boost::program_options::store(parsed, values_);
    return {};
  }

  const boost::program_options::options_description& table_;
  boost::program_options::variables_map& values_;
};

}  // namespace hobnob

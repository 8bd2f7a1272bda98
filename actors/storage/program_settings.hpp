#pragma once

#include "actors/core/checked.hpp"
#include "actors/core/sanitise.hpp"
#include "actors/core/settings_text.hpp"
#include "actors/storage/data_directory.hpp"
#include "actors/storage/small_file.hpp"

#include <algorithm>
#include <boost/program_options/option.hpp>
#include <boost/program_options/options_description.hpp>
#include <boost/program_options/parsers.hpp>
#include <boost/program_options/positional_options.hpp>
#include <boost/program_options/variables_map.hpp>
#include <filesystem>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>
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
    return add(settings, {"help", "version"});
  }

  /// A file that is not there is wrong only if it was `named`.
  std::string add_config_file(const std::filesystem::path& path, bool named) {
    constexpr std::size_t size_max = 64 * 1024;
    const auto file = read_small_file(path, size_max);
    if (file.error == std::errc::no_such_file_or_directory && !named) return {};
    if (file.error)
      return "cannot read the config file " + path.string() + ": " + file.error.message();
    const auto settings = core::parse_config(file.content, path.string());
    return settings ? add(*settings, {"help", "version", "config"}) : settings.error();
  }

 private:
  /// `flags_only`: what cannot be set here.
  std::string add(const std::vector<core::setting>& settings,
                  std::initializer_list<std::string_view> flags_only) {
    boost::program_options::parsed_options parsed{&table_};
    for (const auto& setting : settings) {
      const bool flag_only =
          std::find(flags_only.begin(), flags_only.end(), setting.key) != flags_only.end();
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

/// What a program was told by its command line, the environment and its config file.
struct program_words {
  boost::program_options::variables_map values;
  std::vector<std::string> words;  ///< What is no option: a command and its arguments.
  bool help = false;               ///< Then nothing else was looked at;
  bool version = false;            ///< nor with this.
};

/// Reads the command line, then `environment` (as `environ`), then the config file: the one
/// named `config` so far, or the default one of `program` ("peer", "relay") if it exists. The first
/// to name a setting wins.
inline core::checked<program_words> read_program_words(
    const boost::program_options::options_description& table, std::string_view program, int argc,
    const char* const* argv, const char* const* environment,
    std::span<const std::string_view> of_others) {
  namespace po = boost::program_options;
  using result = core::checked<program_words>;
  po::options_description all;
  all.add(table);
  all.add_options()("words", po::value<std::vector<std::string>>());
  po::positional_options_description positional;
  positional.add("words", -1);
  program_words told;
  auto& values = told.values;
  try {
    po::store(po::command_line_parser(argc, argv).options(all).positional(positional).run(),
              values);
    told.help = values.count("help") > 0;
    told.version = values.count("version") > 0;
    if (told.help || told.version) return told;
    if (values.count("words") > 0) told.words = values["words"].as<std::vector<std::string>>();

    program_settings more{table, values};
    auto problem = more.add_environment(environment, of_others);
    const bool named = values.count("config") > 0;
    auto config_file = default_config_file(program);
    if (named) config_file = values["config"].as<std::string>();
    if (problem.empty()) problem = more.add_config_file(config_file, named);
    if (!problem.empty()) return result::failure(std::move(problem));
  } catch (const po::error& error) {
    return result::failure(core::sanitise_line(error.what(), 300) + " (see --help)");
  }
  return told;
}

}  // namespace hobnob

#pragma once

#include "actors/core/checked.hpp"
#include "actors/core/sanitise.hpp"
#include "actors/core/settings_text.hpp"
#include "actors/core/similar_word.hpp"
#include "actors/runtime.hpp"
#include "actors/storage/data_directory.hpp"
#include "actors/storage/setting_origins.hpp"
#include "actors/storage/small_file.hpp"

#include <algorithm>
#include <boost/program_options/cmdline.hpp>
#include <boost/program_options/errors.hpp>
#include <boost/program_options/option.hpp>
#include <boost/program_options/options_description.hpp>
#include <boost/program_options/parsers.hpp>
#include <boost/program_options/positional_options.hpp>
#include <boost/program_options/value_semantic.hpp>
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
                   boost::program_options::variables_map& values, setting_origins& origins)
      : table_(table), values_(values), origins_(origins) {}

  /// Names in `of_others` are skipped: the settings of the other program may stand in the same
  /// environment. HOBNOB_SCHEDULER is no option of either, and goes to `scheduler`.
  std::string add_environment(const char* const* environment,
                              std::span<const std::string_view> of_others,
                              scheduler_kind& scheduler) {
    auto settings = core::environment_settings(environment);
    for (const auto& setting : settings) {
      if (setting.key != scheduler_key) continue;
      if (setting.value != "asio" && setting.value != "caf")
        return setting.origin + ": it must be asio or caf";
      scheduler = setting.value == "caf" ? scheduler_kind::caf : scheduler_kind::asio;
    }
    std::erase_if(settings, [](const core::setting& s) { return s.key == scheduler_key; });
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
    setting_origins origins;
    for (const auto& setting : settings) {
      const auto* known = table_.find_nothrow(setting.key, false);
      const bool flag_only =
          std::find(flags_only.begin(), flags_only.end(), setting.key) != flags_only.end();
      if (flag_only || known == nullptr)
        return setting.origin + ": there is no setting '" + core::sanitise_line(setting.key, 60) +
               "' (see --help)";
      auto& places = origins[setting.key];
      if (!places.empty() && !takes_several(*known))
        return setting.origin + ": '" + setting.key + "' has been set already, at " +
               places.front();
      places.push_back(setting.origin);
      boost::program_options::option option;
      option.string_key = setting.key;
      option.value = {setting.value};
      option.original_tokens = {setting.key, setting.value};
      parsed.options.push_back(std::move(option));
    }
    for (auto& [key, places] : origins)
      if (values_.count(key) == 0) origins_[key] = std::move(places);
    boost::program_options::store(parsed, values_);
    return {};
  }

  static constexpr std::string_view scheduler_key = "scheduler";

  static bool takes_several(const boost::program_options::option_description& option) {
    using several = boost::program_options::typed_value<std::vector<std::string>>;
    return dynamic_cast<const several*>(option.semantic().get()) != nullptr;
  }

  const boost::program_options::options_description& table_;
  boost::program_options::variables_map& values_;
  setting_origins& origins_;
};

/// What a program was told by its command line, the environment and its config file.
struct program_words {
  boost::program_options::variables_map values;
  setting_origins origins;
  std::vector<std::string> words;  ///< What is no option: a command and its arguments.
  bool help = false;               ///< Then environment and file were not looked at;
  bool version = false;            ///< nor with this.
  scheduler_kind scheduler{};      ///< HOBNOB_SCHEDULER, for tests and comparisons.
};

/// What to say about an option that is none.
inline std::string unknown_option_fault(const boost::program_options::options_description& table,
                                        const boost::program_options::unknown_option& error) {
  const auto given = error.get_option_name();
  std::vector<std::string> names;
  for (const auto& option : table.options()) names.push_back("--" + option->long_name());
  return "there is no option '" + core::sanitise_line(given, 60) + "'" +
         core::did_you_mean(given, {names.begin(), names.end()}) +
         " (see --help; what begins with - and is no option stands behind --)";
}

/// Reads the command line, then `environment` (as `environ`), then the config file: the one
/// named `config` so far, or the default one of `program` ("peer", "relay") if it exists. The first
/// to name a setting wins.
inline core::checked<program_words> read_program_words(
    const boost::program_options::options_description& table, std::string_view program, int argc,
    const char* const* argv, const char* const* environment,
    std::span<const std::string_view> of_others) {
  namespace po = boost::program_options;
  using result = core::checked<program_words>;
  // Whole names only: `--wai` must not come to mean something else in a later version.
  constexpr int style =
      po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
  po::options_description all;
  all.add(table);
  all.add_options()("words", po::value<std::vector<std::string>>());
  po::positional_options_description positional;
  positional.add("words", -1);
  program_words told;
  auto& values = told.values;
  try {
    po::store(
        po::command_line_parser(argc, argv).style(style).options(all).positional(positional).run(),
        values);
    if (values.count("words") > 0) told.words = values["words"].as<std::vector<std::string>>();
    told.help = values.count("help") > 0;
    told.version = values.count("version") > 0;
    if (told.help || told.version) return told;

    program_settings more{table, values, told.origins};
    auto problem = more.add_environment(environment, of_others, told.scheduler);
    const bool named = values.count("config") > 0;
    auto config_file = default_config_file(program);
    if (named) config_file = values["config"].as<std::string>();
    if (problem.empty()) problem = more.add_config_file(config_file, named);
    if (!problem.empty()) return result::failure(std::move(problem));
  } catch (const po::unknown_option& error) {
    return result::failure(unknown_option_fault(table, error));
  } catch (const po::error& error) {
    return result::failure(core::sanitise_line(error.what(), 300) + " (see --help)");
  }
  return told;
}

}  // namespace hobnob

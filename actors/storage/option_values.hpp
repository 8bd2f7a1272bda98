#pragma once

#include "actors/core/sanitise.hpp"
#include "actors/storage/log_sink.hpp"
#include "actors/storage/setting_origins.hpp"
#include "transport/endpoint.hpp"

#include <algorithm>
#include <boost/program_options/variables_map.hpp>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hobnob {

/// The texts of a program's options, to be turned into values. What is not set leaves its value as
/// it is; after the first text that is not understood, nothing is read any more. Needs
/// Boost.Program_options to be linked.
class option_values {
 public:
  /// `origins`: of what does not stand on the command line.
  option_values(const boost::program_options::variables_map& values, const setting_origins& origins)
      : values_(values), origins_(origins) {}

  /// What is wrong and where it stands, for people; empty if nothing is.
  const std::string& problem() const { return problem_; }

  /// Whether it stands there: not in the environment, nor in a file.
  bool on_command_line(const char* key) const {
    return values_.count(key) > 0 && !origins_.contains(key);
  }

  /// `convert` takes the text and answers what is wrong with it, or nothing.
  template <class Convert>
  void read(const char* key, Convert convert) {
    if (!problem_.empty() || values_.count(key) == 0) return;
    fail(key, convert(values_[key].as<std::string>()));
  }

  /// Texts, paths: whatever can be made of a string as it is.
  template <class Text>
  void text(const char* key, Text& out) {
    read(key, [&](const std::string& given) { return out = given, std::string{}; });
  }

  void flag(const char* key, bool& out) {
    read(key, [&](const std::string& given) {
      if (is_one_of(given, {"true", "yes", "on", "1"})) return out = true, std::string{};
      if (is_one_of(given, {"false", "no", "off", "0"})) return out = false, std::string{};
      return std::string{"it must be true or false"};
    });
  }

  template <class Value>
  void choice(const char* key, std::initializer_list<std::pair<std::string_view, Value>> choices,
              Value& out) {
    read(key, [&](const std::string& given) {
      std::string known;
      for (auto each = choices.begin(); each != choices.end(); ++each) {
        if (each->first == given) return out = each->second, std::string{};
        if (!known.empty()) known += each + 1 == choices.end() ? " or " : ", ";
        known += each->first;
      }
      return "it must be " + known;
    });
  }

  /// Seconds, also with a fraction.
  void seconds(const char* key, double least, double most, std::chrono::milliseconds& out) {
    read(key, [&](const std::string& given) {
      double value = 0;
      const auto* end = given.data() + given.size();
      const auto [rest, error] = std::from_chars(given.data(), end, value);
      if (error != std::errc{} || rest != end || !(value >= least) || value > most) {
        char fault[100];
        std::snprintf(fault, sizeof fault, "it must be a number of seconds from %g to %.9g", least,
                      most);
        return std::string{fault};
      }
      out = std::chrono::milliseconds{static_cast<long>(value * 1000)};
      return std::string{};
    });
  }

  void log_level(const char* key, std::string& out) {
    read(key, [&](const std::string& given) {
      out = given;
      return std::string{is_log_level(given) ? ""
                                             : "it must be trace, debug, info, warn, error or off"};
    });
  }

  /// An option that may come several times; `convert` takes each text, as `read` does.
  template <class Convert>
  void each(const char* key, Convert convert) {
    if (!problem_.empty() || values_.count(key) == 0) return;
    const auto& all = values_[key].as<std::vector<std::string>>();
    for (std::size_t i = 0; i < all.size() && problem_.empty(); ++i) fail(key, convert(all[i]), i);
  }

  void endpoints(const char* key, std::string_view example, std::vector<endpoint>& out) {
    each(key, [&](const std::string& text) {
      const auto where = endpoint::parse(text);
      if (where) return out.push_back(*where), std::string{};
      return "'" + core::sanitise_line(text, 60) + "' must be ADDRESS:PORT, as " +
             std::string{example};
    });
  }

 private:
  static bool is_one_of(std::string_view text, std::initializer_list<std::string_view> texts) {
    return std::find(texts.begin(), texts.end(), text) != texts.end();
  }

  /// `index`: of the value, where there are several.
  void fail(const char* key, const std::string& fault, std::size_t index = 0) {
    if (fault.empty()) return;
    const auto found = origins_.find(key);
    const bool given_here = found == origins_.end() || index >= found->second.size();
    auto place = given_here ? std::string{"--"} + key : found->second[index];
    if (place.find(':') != std::string::npos)
      place += std::string{": "} + key;  // A line of a file.
    problem_ = place + ": " + fault;
  }

  const boost::program_options::variables_map& values_;
  const setting_origins& origins_;
  std::string problem_;
};

}  // namespace hobnob

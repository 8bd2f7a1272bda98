#include "actors/core/settings_text.hpp"

#include "actors/core/sanitise.hpp"

#include <algorithm>

namespace hobnob::core {
namespace {

constexpr std::string_view environment_prefix = "HOBNOB_";

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

bool is_key(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

/// What is wrong with a line that is neither empty nor a comment; an empty string if nothing is.
std::string read_line(std::string_view line, setting& out) {
  const auto equals = line.find('=');
  if (equals == line.npos) return "'=' is missing: write key = value";
  out.key = trim(line.substr(0, equals));
  out.value = trim(line.substr(equals + 1));
  if (!is_key(out.key)) return "the key must be made of a-z, 0-9 and dashes";
  if (!is_valid_utf8(out.value)) return "the value is not UTF-8";
  if (out.value.find('\0') != out.value.npos) return "the value holds a NUL byte";
  return {};
}

}  // namespace

checked<std::vector<setting>> parse_config(std::string_view text, std::string_view file_name) {
  std::vector<setting> settings;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto end = text.find('\n');
    const auto line = trim(text.substr(0, end));
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
    if (line.empty() || line.front() == '#') continue;

    setting found;
    found.origin = std::string{file_name} + ":" + std::to_string(number);
    if (const auto problem = read_line(line, found); !problem.empty())
      return checked<std::vector<setting>>::failure(found.origin + ": " + problem);
    settings.push_back(std::move(found));
  }
  return settings;
}

std::vector<setting> environment_settings(const char* const* environment) {
  std::vector<setting> settings;
  for (; environment != nullptr && *environment != nullptr; ++environment) {
    const std::string_view entry{*environment};
    const auto equals = entry.find('=');
    if (!entry.starts_with(environment_prefix) || equals == entry.npos) continue;
    setting found;
    for (char c : entry.substr(environment_prefix.size(), equals - environment_prefix.size())) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
      found.key += c == '_' ? '-' : c;
    }
    found.value = entry.substr(equals + 1);
    found.origin = entry.substr(0, equals);
    settings.push_back(std::move(found));
  }
  return settings;
}

}  // namespace hobnob::core

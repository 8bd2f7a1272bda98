#include "peer_main/completion.hpp"

#include "peer_main/input_command.hpp"

#include <algorithm>

namespace hobnob {
namespace {

constexpr std::string_view with_user[] = {"/msg", "/send", "/ping", "/verify"};

}  // namespace

std::vector<std::string> completions(std::string_view before, const std::set<std::string>& users) {
  std::vector<std::string> choices;
  const auto blank = before.find(' ');
  if (blank == before.npos) {
    if (!before.starts_with('/')) return choices;
    for (const auto& name : input_command_names())
      if (name.starts_with(before)) choices.push_back(name + " ");
    return choices;
  }
  const auto command = before.substr(0, blank);
  const auto word = before.substr(blank + 1);
  const auto* end = std::end(with_user);
  if (word.find(' ') != word.npos || std::find(std::begin(with_user), end, command) == end)
    return choices;
  for (const auto& user : users)
    if (user.starts_with(word)) choices.push_back(user + " ");
  return choices;
}

std::string common_prefix(const std::vector<std::string>& choices) {
  if (choices.empty()) return {};
  std::string prefix = choices.front();
  for (const auto& choice : choices) {
    const auto [end, ignored] =
        std::mismatch(prefix.begin(), prefix.end(), choice.begin(), choice.end());
    prefix.erase(end, prefix.end());
  }
  return prefix;
}

}  // namespace hobnob

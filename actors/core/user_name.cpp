#include "actors/core/user_name.hpp"

#include <algorithm>

namespace hobnob::core {
namespace {

bool is_letter_or_digit(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool is_inner(char c) noexcept { return is_letter_or_digit(c) || c == '.' || c == '_' || c == '-'; }

}  // namespace

bool is_user_name(std::string_view name) noexcept { return user_name_fault(name).empty(); }

std::string_view user_name_fault(std::string_view name) noexcept {
  if (name.empty()) return "a user name must not be empty";
  if (name.size() > user_name_size_max) return "a user name has at most 32 characters";
  if (!std::all_of(name.begin(), name.end(), is_inner)) {
    return "a user name has only a-z, 0-9, dot, underscore and dash";
  }
  if (!is_letter_or_digit(name.front())) return "a user name starts with a letter or a digit";
  if (name.find("..") != name.npos) return "a user name must not contain two dots in a row";
  return {};
}

}  // namespace hobnob::core

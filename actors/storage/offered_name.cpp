#include "actors/storage/offered_name.hpp"

#include "actors/core/sanitise.hpp"
#include "actors/core/transfer_path.hpp"
#include "actors/core/utf8.hpp"

namespace hobnob {
namespace {

/// Whether a receiver takes `name` within a folder.
bool is_taken_within(std::string_view name) {
  return bool{core::transfer_path::parse("x/" + std::string{name})};
}

}  // namespace

std::string offered_name(std::string_view name, bool outermost) {
  std::string result{name};
  if (!is_taken_within(result)) {
    result.clear();
    unsigned marks = 0;
    for (auto rest = name; !rest.empty();) {
      const auto step = core::next_code_point(rest);
      const auto character = rest.substr(0, step.size);
      marks = step.valid && core::is_combining_mark(step.code_point) ? marks + 1 : 0;
      const bool shown = step.valid && step.code_point != U'\\' && marks <= 8 &&
                         core::sanitise_line(character) == character;
      result += shown ? character : "_";
      rest.remove_prefix(step.size);
    }
  }
  if (!is_taken_within(result)) result = "unnamed";
  return outermost ? core::visible_name(result) : result;
}

std::string distinct_name(std::string name, std::set<std::string>& taken) {
  const auto wanted = name;
  for (unsigned number = 2; !taken.insert(name).second; ++number) {
    name = core::numbered_name(wanted, number);
  }
  return name;
}

}  // namespace hobnob

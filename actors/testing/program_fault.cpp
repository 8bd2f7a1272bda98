#include "actors/testing/program_fault.hpp"

#include "actors/testing/program.hpp"
#include "transport/sim/duration_text.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace hobnob::testing {
namespace {

using action = program_fault::action;

struct verb {
  std::string_view word;
  action what;
};

constexpr std::array verbs{verb{"start", action::start}, verb{"stop", action::stop},
                           verb{"kill", action::kill},   verb{"crash", action::crash},
                           verb{"pause", action::pause}, verb{"resume", action::resume},
                           verb{"jump", action::jump}};

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> result;
  while (!line.empty()) {
    const auto blank = std::min(line.find(' '), line.size());
    if (blank > 0) result.push_back(line.substr(0, blank));
    line.remove_prefix(std::min(blank + 1, line.size()));
  }
  return result;
}

std::optional<std::chrono::nanoseconds> parse_jump(std::string_view text) {
  const bool back = text.starts_with('-');
  if (back) text.remove_prefix(1);
  const auto size = sim::parse_duration(text);
  if (!size) return std::nullopt;
  return back ? -*size : *size;
}

}  // namespace

std::optional<program_fault> program_fault::parse(std::string_view line) {
  const auto words = words_of(line);
  if (words.size() < 2) return std::nullopt;
  const auto found = std::ranges::find(verbs, words[0], &verb::word);
  if (found == verbs.end()) return std::nullopt;
  program_fault result{found->what, std::string{words[1]}};
  if (result.what != action::jump) return words.size() == 2 ? std::optional{result} : std::nullopt;
  const auto by = words.size() == 3 ? parse_jump(words[2]) : std::nullopt;
  if (!by) return std::nullopt;
  result.by = *by;
  return result;
}

void program_fault::apply_to(program& target) const {
  switch (what) {
    case action::start:
      target.start();
      return;
    case action::stop:
      target.stop();
      return;
    case action::kill:
      target.kill();
      return;
    case action::crash:
      target.crash();
      return;
    case action::pause:
      target.pause();
      return;
    case action::resume:
      target.resume();
      return;
    case action::jump:
      target.jump_clock(by);
      return;
  }
}

}  // namespace hobnob::testing

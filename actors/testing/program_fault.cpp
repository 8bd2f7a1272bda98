#include "actors/testing/program_fault.hpp"

#include "actors/testing/program.hpp"
#include "actors/testing/sim_disk.hpp"
#include "transport/sim/duration_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

namespace hobnob::testing {
namespace {

using action = program_fault::action;

struct verb {
  std::string_view word;
  action what;
};

constexpr std::array verbs{
    verb{"start", action::start},         verb{"stop", action::stop},
    verb{"kill", action::kill},           verb{"crash", action::crash},
    verb{"pause", action::pause},         verb{"resume", action::resume},
    verb{"jump", action::jump},           verb{"disk_full", action::disk_full},
    verb{"disk_free", action::disk_free}, verb{"crash_at_write", action::crash_at_write}};

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

std::optional<std::uint64_t> parse_count(std::string_view text) {
  std::uint64_t result = 0;
  const auto end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, result);
  return parsed.ec == std::errc{} && parsed.ptr == end ? std::optional{result} : std::nullopt;
}

}  // namespace

std::optional<program_fault> program_fault::parse(std::string_view line) {
  const auto words = words_of(line);
  if (words.size() < 2) return std::nullopt;
  const auto found = std::ranges::find(verbs, words[0], &verb::word);
  if (found == verbs.end()) return std::nullopt;
  program_fault result{found->what, std::string{words[1]}};
  if (result.what == action::jump) {
    const auto by = words.size() == 3 ? parse_jump(words[2]) : std::nullopt;
    if (!by) return std::nullopt;
    result.by = *by;
  } else if (result.what == action::crash_at_write) {
    const auto count = words.size() == 3 ? parse_count(words[2]) : std::nullopt;
    if (!count) return std::nullopt;
    result.count = *count;
  } else if (words.size() != 2) {
    return std::nullopt;
  }
  return result;
}

std::string to_string(const program_fault& value) {
  std::string text{std::ranges::find(verbs, value.what, &verb::what)->word};
  text += ' ' + value.host;
  if (value.what == action::jump) {
    text += value.by.count() < 0 ? " -" : " ";
    text += sim::to_text(std::chrono::abs(value.by));
  }
  if (value.what == action::crash_at_write) text += ' ' + std::to_string(value.count);
  return text;
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
    case action::disk_full:
      target.host_disk().set_full(true);
      return;
    case action::disk_free:
      target.host_disk().set_full(false);
      return;
    case action::crash_at_write:
      target.crash_at_write(count);
      return;
  }
}

}  // namespace hobnob::testing

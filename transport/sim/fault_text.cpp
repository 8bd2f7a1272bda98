// Faults as lines of text, and back.

#include "transport/sim/duration_text.hpp"
#include "transport/sim/faults.hpp"

#include <charconv>
#include <cmath>

namespace hobnob::sim {

namespace {

std::string joined(const names& all) {
  std::string text;
  for (const std::string& name : all) text += ' ' + name;
  return text;
}

template <class Number>
std::string number_text(Number value) {
  char digits[32];
  const auto [end, error] = std::to_chars(digits, digits + sizeof digits, value);
  return {digits, end};
}

template <class Number>
std::optional<Number> parse_number(std::string_view text) {
  Number value{};
  const char* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stopped != end) return std::nullopt;
  return value;
}

struct parameters_of {
  std::string operator()(const partition& f) const {
    return joined(f.one_side) + " from" + joined(f.other_side);
  }
  std::string operator()(const block& f) const { return joined(f.from) + " to" + joined(f.to); }
  std::string operator()(const heal& f) const {
    if (f.one_side.empty() && f.other_side.empty()) return {};
    return joined(f.one_side) + " from" + joined(f.other_side);
  }
  std::string operator()(const link_change& f) const {
    std::string text = ' ' + f.where;
    if (f.latency) text += " latency=" + to_text(*f.latency);
    if (f.jitter) text += " jitter=" + to_text(*f.jitter);
    if (f.bytes_per_second) text += " rate=" + number_text(*f.bytes_per_second);
    if (f.queue_bytes) text += " queue=" + number_text(*f.queue_bytes);
    if (f.loss) text += " loss=" + number_text(*f.loss);
    return text;
  }
  std::string operator()(const link_restore& f) const { return ' ' + f.where; }
  std::string operator()(const stall& f) const { return ' ' + f.where + ' ' + to_text(f.lasts); }
  std::string operator()(const cables& f) const { return ' ' + f.node; }
  std::string operator()(const power& f) const { return ' ' + f.node; }
  std::string operator()(const connection_reset& f) const {
    return ' ' + f.one + " and " + f.other;
  }
  std::string operator()(const nat_reboot& f) const { return ' ' + f.router; }
  std::string operator()(const slow_reader& f) const {
    if (f.bytes_per_second == 0) return ' ' + f.host;
    return ' ' + f.host + ' ' + number_text(f.bytes_per_second);
  }
};

struct as_kind {
  std::string_view operator()(const partition&) const { return "partition"; }
  std::string_view operator()(const block&) const { return "block"; }
  std::string_view operator()(const heal&) const { return "heal"; }
  std::string_view operator()(const link_change&) const { return "change"; }
  std::string_view operator()(const link_restore&) const { return "restore"; }
  std::string_view operator()(const stall&) const { return "stall"; }
  std::string_view operator()(const cables& f) const { return f.plugged ? "plug" : "unplug"; }
  std::string_view operator()(const power& f) const { return f.on ? "power_on" : "power_off"; }
  std::string_view operator()(const connection_reset&) const { return "reset"; }
  std::string_view operator()(const nat_reboot&) const { return "reboot"; }
  std::string_view operator()(const slow_reader& f) const {
    return f.bytes_per_second > 0 ? "slow_reader" : "fast_reader";
  }
};

std::vector<std::string> words_of(std::string_view line) {
  constexpr std::string_view blanks = " \t\r\n";
  std::vector<std::string> words;
  while (true) {
    const auto begin = line.find_first_not_of(blanks);
    if (begin == std::string_view::npos) return words;
    line.remove_prefix(begin);
    const auto length = std::min(line.find_first_of(blanks), line.size());
    words.emplace_back(line.substr(0, length));
    line.remove_prefix(length);
  }
}

struct two_sides {
  names first, second;
};

/// The names before and after `word`; both sides must have some.
std::optional<two_sides> parse_sides(const names& words, std::string_view word) {
  two_sides sides;
  bool passed = false;
  for (const std::string& each : words) {
    if (each == word && !passed) {
      passed = true;
    } else {
      (passed ? sides.second : sides.first).push_back(each);
    }
  }
  if (sides.first.empty() || sides.second.empty()) return std::nullopt;
  return sides;
}

template <class T>
bool set(std::optional<T>& member, std::optional<T> value) {
  member = value;
  return value.has_value();
}

bool set_property(link_change& change, std::string_view name, std::string_view value) {
  if (name == "latency") return set(change.latency, parse_duration(value));
  if (name == "jitter") return set(change.jitter, parse_duration(value));
  if (name == "rate") return set(change.bytes_per_second, parse_number<std::uint64_t>(value));
  if (name == "queue") return set(change.queue_bytes, parse_number<std::size_t>(value));
  if (name == "loss") {
    return set(change.loss, parse_number<double>(value)) && *change.loss >= 0 && *change.loss <= 1;
  }
  return false;
}

std::optional<fault> parse_change(const names& words) {
  if (words.size() < 2) return std::nullopt;
  link_change change;
  change.where = words.front();
  for (std::size_t i = 1; i < words.size(); ++i) {
    const std::string_view word = words[i];
    const auto equals = word.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    if (!set_property(change, word.substr(0, equals), word.substr(equals + 1))) return std::nullopt;
  }
  return change;
}

std::optional<fault> parse_one_name(std::string_view kind, const std::string& name) {
  if (kind == "restore") return link_restore{name};
  if (kind == "unplug" || kind == "plug") return cables{name, kind == "plug"};
  if (kind == "power_off" || kind == "power_on") return power{name, kind == "power_on"};
  if (kind == "reboot") return nat_reboot{name};
  if (kind == "fast_reader") return slow_reader{name};
  return std::nullopt;
}

}  // namespace

std::string to_string(const fault& value) {
  return std::string{kind_of(value)} + std::visit(parameters_of{}, value);
}

std::string_view kind_of(const fault& value) { return std::visit(as_kind{}, value); }

std::optional<fault> parse_fault(std::string_view line) {
  names words = words_of(line);
  if (words.empty()) return std::nullopt;
  const std::string kind = std::move(words.front());
  words.erase(words.begin());
  if (kind == "heal" && words.empty()) return heal{};
  if (kind == "partition" || kind == "heal") {
    auto sides = parse_sides(words, "from");
    if (!sides) return std::nullopt;
    if (kind == "heal") return heal{std::move(sides->first), std::move(sides->second)};
    return partition{std::move(sides->first), std::move(sides->second)};
  }
  if (kind == "block") {
    auto sides = parse_sides(words, "to");
    if (!sides) return std::nullopt;
    return block{std::move(sides->first), std::move(sides->second)};
  }
  if (kind == "change") return parse_change(words);
  if (kind == "stall" && words.size() == 2) {
    const auto lasts = parse_duration(words[1]);
    if (!lasts) return std::nullopt;
    return stall{words[0], *lasts};
  }
  if (kind == "slow_reader" && words.size() == 2) {
    const auto rate = parse_number<std::uint64_t>(words[1]);
    if (!rate || *rate == 0) return std::nullopt;
    return slow_reader{words[0], *rate};
  }
  if (kind == "reset" && words.size() == 3 && words[1] == "and") {
    return connection_reset{words[0], words[2]};
  }
  return words.size() == 1 ? parse_one_name(kind, words[0]) : std::nullopt;
}

std::string to_string(const timed_fault& value) {
  return to_text(value.at) + ' ' + to_string(value.what);
}

std::optional<timed_fault> parse_timed_fault(std::string_view line) {
  const auto begin = std::min(line.find_first_not_of(" \t"), line.size());
  line.remove_prefix(begin);
  const auto blank = std::min(line.find_first_of(" \t"), line.size());
  const auto at = parse_duration(line.substr(0, blank));
  auto what = parse_fault(line.substr(blank));
  if (!at || !what) return std::nullopt;
  return timed_fault{*at, std::move(*what)};
}

}  // namespace hobnob::sim

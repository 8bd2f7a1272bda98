#include "actors/testing/topology.hpp"

#include "actors/testing/world.hpp"
#include "transport/sim/duration_text.hpp"
#include "transport/sim/simulation.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <functional>
#include <map>
#include <stdexcept>
#include <utility>

namespace hobnob::testing {
namespace {

using sim::nat_dependence;
using sim::nat_ports;
using sim::nat_refusal;

template <class Value>
struct choice {
  std::string_view word;
  Value value;
};

constexpr std::array yes_or_no{choice{"yes", true}, choice{"no", false}};
constexpr std::array dependence_words{
    choice{"endpoint_independent", nat_dependence::endpoint_independent},
    choice{"address_dependent", nat_dependence::address_dependent},
    choice{"address_and_port_dependent", nat_dependence::address_and_port_dependent}};
constexpr std::array port_words{choice{"preserving", nat_ports::preserving},
                                choice{"sequential", nat_ports::sequential},
                                choice{"random", nat_ports::random}};
constexpr std::array refusal_words{choice{"drop", nat_refusal::drop},
                                   choice{"reset", nat_refusal::reset},
                                   choice{"port_unreachable", nat_refusal::port_unreachable}};
constexpr std::array direct_words{
    choice{"both", direct_mode::both}, choice{"accept_only", direct_mode::accept_only},
    choice{"dial_only", direct_mode::dial_only}, choice{"off", direct_mode::off}};
constexpr std::array handshakes{choice{"plain", true}, choice{"tls", false}};

/// What is wrong, or an empty string.
using problem = std::string;

template <class Value, std::size_t Count>
problem choose(const std::array<choice<Value>, Count>& choices, std::string_view word, Value& out) {
  const auto found = std::ranges::find(choices, word, &choice<Value>::word);
  if (found != choices.end()) {
    out = found->value;
    return {};
  }
  problem result = "'" + std::string{word} + "' is none of";
  for (const auto& each : choices) result += ' ' + std::string{each.word};
  return result;
}

/// The next word of `line`, which is cut off.
std::string_view take_word(std::string_view& line) {
  constexpr std::string_view blanks = " \t\r";
  line.remove_prefix(std::min(line.find_first_not_of(blanks), line.size()));
  const auto word = line.substr(0, line.find_first_of(blanks));
  line.remove_prefix(word.size());
  line.remove_prefix(std::min(line.find_first_not_of(blanks), line.size()));
  return word;
}

template <class Duration>
problem read_duration(std::string_view word, Duration& out) {
  const auto read = sim::parse_duration(word);
  if (!read) return "'" + std::string{word} + "' is no time, such as 20ms, 5s or 2min";
  out = std::chrono::duration_cast<Duration>(*read);
  return {};
}

problem set_nat(sim::nat_options& nat, std::string_view name, std::string_view value) {
  if (name == "translate") return choose(yes_or_no, value, nat.translate);
  if (name == "mapping") return choose(dependence_words, value, nat.mapping);
  if (name == "filtering") return choose(dependence_words, value, nat.filtering);
  if (name == "ports") return choose(port_words, value, nat.ports);
  if (name == "unsolicited") return choose(refusal_words, value, nat.unsolicited);
  if (name == "hairpin") return choose(yes_or_no, value, nat.hairpin);
  if (name == "timeout") return read_duration(value, nat.established_timeout);
  return "a site has no '" + std::string{name} + "'";
}

/// Reads `NAME=VALUE`s to the end of the line.
problem read_properties(std::string_view line,
                        const std::function<problem(std::string_view, std::string_view)>& set) {
  while (!line.empty()) {
    const auto word = take_word(line);
    const auto equals = word.find('=');
    if (equals == word.npos) return "'" + std::string{word} + "' is not of the form NAME=VALUE";
    if (auto wrong = set(word.substr(0, equals), word.substr(equals + 1)); !wrong.empty()) {
      return wrong;
    }
  }
  return {};
}

/// Reads statements into a topology.
class reader {
 public:
  problem read(std::string_view line) {
    const auto verb = take_word(line);
    if (verb.empty()) return {};
    const auto found = verbs().find(verb);
    if (found == verbs().end()) return "there is no statement '" + std::string{verb} + "'";
    return (this->*found->second)(line);
  }

  topology take() { return std::move(result_); }

 private:
  using statement = problem (reader::*)(std::string_view);

  static const std::map<std::string_view, statement>& verbs() {
    static const std::map<std::string_view, statement> all{
        {"seed", &reader::seed},       {"handshake", &reader::handshake},
        {"shuffle", &reader::shuffle}, {"run", &reader::run},
        {"site", &reader::site},       {"heartbeat", &reader::heartbeat},
        {"relay", &reader::relay},     {"peer", &reader::peer},
        {"at", &reader::at},           {"every", &reader::every},
    };
    return all;
  }

  problem seed(std::string_view line) {
    const auto [end, error] = std::from_chars(line.begin(), line.end(), result_.seed);
    return error != std::errc{} || end != line.end() ? "a seed is a number" : problem{};
  }

  problem handshake(std::string_view line) {
    return choose(handshakes, line, result_.plain_handshake);
  }
  problem shuffle(std::string_view line) { return choose(yes_or_no, line, result_.shuffle); }
  problem run(std::string_view line) { return read_duration(line, result_.length); }
  problem heartbeat(std::string_view line) { return read_duration(line, result_.heartbeat); }

  problem site(std::string_view line) {
    auto& added = result_.sites.emplace_back();
    added.name = take_word(line);
    if (added.name.empty()) return "a site needs a name";
    return read_properties(line, [&added](std::string_view name, std::string_view value) {
      return set_nat(added.nat, name, value);
    });
  }

  problem relay(std::string_view line) { return program(topology::program::kind::relay, line); }
  problem peer(std::string_view line) { return program(topology::program::kind::peer, line); }

  problem program(topology::program::kind what, std::string_view line) {
    auto& added = result_.programs.emplace_back();
    added.what = what;
    added.name = take_word(line);
    if (added.name.empty()) return "it needs a name";
    auto rest = line;
    if (take_word(rest) == "at") {
      added.site = take_word(rest);
      line = rest;
    }
    return read_properties(line, [&](std::string_view name, std::string_view value) -> problem {
      const bool is_peer = what == topology::program::kind::peer;
      if (is_peer && name == "user") {
        added.user = value;
        return {};
      }
      if (!is_peer || name != "direct") return "it has no '" + std::string{name} + "'";
      added.direct = value;
      direct_mode mode{};
      return choose(direct_words, value, mode);
    });
  }

  problem at(std::string_view line) {
    topology::event added;
    if (auto wrong = read_duration(take_word(line), added.at); !wrong.empty()) return wrong;
    return event(std::move(added), line);
  }

  problem every(std::string_view line) {
    topology::event added;
    if (auto wrong = read_duration(take_word(line), added.at); !wrong.empty()) return wrong;
    if (added.at <= topology::duration{}) return "that is too often";
    added.every = added.at;
    return event(std::move(added), line);
  }

  problem event(topology::event added, std::string_view line) {
    if (line.empty()) return "what happens then is missing";
    added.line = line;
    result_.events.push_back(std::move(added));
    return {};
  }

  topology result_;
};

std::size_t to_number(std::string_view word) {
  std::size_t result = 0;
  const auto end = word.data() + word.size();
  if (std::from_chars(word.data(), end, result).ptr == end && !word.empty()) return result;
  throw std::invalid_argument{'\'' + std::string{word} + "' is no number"};
}

/// `ann says bob hello there`, `ann sends bob notes hello there`, `ann pours bob notes 50 20000`:
/// whether the line was one.
bool say(world& into, std::string_view line) {
  const auto who = take_word(line);
  const auto verb = take_word(line);
  if (verb != "says" && verb != "sends" && verb != "pours") return false;
  const std::string whom{take_word(line)};
  auto& from = into.peer(who);
  if (verb == "says") {
    if (from.running()) from.send_text(whom, std::string{line});
    return true;
  }
  const std::string channel{take_word(line)};
  if (verb == "sends") {
    if (from.running()) from.send(whom, channel, line);
    return true;
  }
  const auto count = to_number(take_word(line));
  const std::string content(to_number(take_word(line)), 'x');
  for (std::size_t i = 0; i < count && from.running(); ++i) from.send(whom, channel, content);
  return true;
}

void happen(world& into, const topology::event& event) {
  if (!say(into, event.line)) into.apply(event.line);
}

void arrange(world& into, topology::duration delay, const topology::event& event) {
  into.simulation().after(delay, [&into, event] {
    happen(into, event);
    if (event.every) arrange(into, *event.every, event);
  });
}

}  // namespace

core::checked<topology> topology::parse(std::string_view text) {
  reader lines;
  for (int number = 1; !text.empty(); ++number) {
    auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    line = line.substr(0, line.find('#'));
    line = line.substr(0, line.find_last_not_of(" \t\r") + 1);
    if (const auto wrong = lines.read(line); !wrong.empty()) {
      return core::checked<topology>::failure("line " + std::to_string(number) + ": " + wrong);
    }
  }
  return lines.take();
}

world_options topology::options() const {
  world_options result;
  result.plain_handshake = plain_handshake;
  result.shuffle = shuffle;
  result.heartbeat = heartbeat;
  return result;
}

void topology::build(world& into) const {
  std::map<std::string, place*> places{{"", &into.internet()}};
  for (const auto& each : sites) places.emplace(each.name, &into.add_site(each.name, each.nat));
  const auto where = [&places](const program& each) {
    const auto found = places.find(each.site);
    if (found != places.end()) return found->second;
    throw std::invalid_argument{each.name + " is at '" + each.site +
                                "', but there is no such site"};
  };
  // Relays first: peers are told of the first one.
  for (const auto& each : programs) {
    if (each.what != program::kind::relay) continue;
    relay_options options;
    options.host = each.name;
    options.where = where(each);
    into.add_relay(std::move(options));
  }
  for (const auto& each : programs) {
    if (each.what != program::kind::peer) continue;
    peer_options options;
    options.user = each.user.empty() ? each.name : each.user;
    options.host = each.name;
    options.where = where(each);
    if (!each.direct.empty()) choose(direct_words, each.direct, options.config.direct);
    into.add_peer(std::move(options));
  }
  for (const auto& each : events) arrange(into, each.at, each);
}

}  // namespace hobnob::testing

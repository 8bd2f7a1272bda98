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
constexpr std::array circuit_words{choice{"off", circuit_mode::off},
                                   choice{"on_demand", circuit_mode::on_demand},
                                   choice{"always", circuit_mode::always}};
constexpr std::string_view gives_word = "gives";
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

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> result;
  while (!text.empty()) {
    const auto end = std::min(text.find(','), text.size());
    result.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return result;
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
    auto rest = line;
    if (take_word(rest) == "behind") {
      added.behind = take_word(rest);
      line = rest;
    }
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
      if (what == topology::program::kind::peer) return set_peer(added, name, value);
      return "it has no '" + std::string{name} + "'";
    });
  }

  static problem set_peer(topology::program& peer, std::string_view name, std::string_view value) {
    if (name == "v6") return choose(yes_or_no, value, peer.v6);
    if (name == "hidden") return choose(yes_or_no, value, peer.hidden);
    if (name == "circuits") return choose(circuit_words, value, peer.circuits.emplace());
    if (name == "user") {
      peer.user = value;
    } else if (name == "relay") {
      peer.relay = value;
    } else if (name == "also") {
      peer.also = split_list(value);
    } else if (name == "direct") {
      peer.direct = value;
      direct_mode mode{};
      return choose(direct_words, value, mode);
    } else {
      return "it has no '" + std::string{name} + "'";
    }
    return {};
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

/// `ann says bob hello there`, `ann sends bob notes hello there`, `ann pours bob notes 50 20000`,
/// `ann gives bob report 300000`: whether the line was one.
bool say(world& into, std::string_view line) {
  const auto who = take_word(line);
  const auto verb = take_word(line);
  if (verb != "says" && verb != "sends" && verb != "pours" && verb != gives_word) return false;
  const std::string whom{take_word(line)};
  auto& from = into.peer(who);
  if (verb == "says") {
    if (from.running()) from.send_text(whom, std::string{line});
    return true;
  }
  const std::string channel{take_word(line)};
  if (verb == gives_word) {
    if (from.running()) from.start_giving(whom, channel, to_number(line));
    return true;
  }
  if (verb == "sends") {
    if (from.running()) from.send(whom, channel, line);
    return true;
  }
  const auto count = to_number(take_word(line));
  const std::string content(to_number(take_word(line)), 'x');
  for (std::size_t i = 0; i < count && from.running(); ++i) from.send(whom, channel, content);
  return true;
}

bool gives(const topology::event& event) {
  std::string_view line = event.line;
  take_word(line);
  return take_word(line) == gives_word;
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

namespace {

/// Makes what a topology names.
class builder {
 public:
  builder(const topology& plan, world& into) : plan_(plan), into_(into) {}

  void build() {
    places_.emplace("", &into_.internet());
    places_.emplace("internet", &into_.internet());
    for (const auto& each : plan_.sites) {
      places_.emplace(each.name,
                      &into_.add_site(each.name, each.nat, place_of(each.behind, each.name)));
    }
    // Relays first: peers are told of the first one.
    using enum topology::program::kind;
    for (const auto& each : plan_.programs) {
      if (each.what == relay) add_relay(each);
    }
    for (const auto& each : plan_.programs) {
      if (each.what == peer) add_peer(each);
    }
  }

 private:
  place& place_of(const std::string& site, const std::string& whose) const {
    const auto found = places_.find(site);
    if (found != places_.end()) return *found->second;
    throw std::invalid_argument{whose + " is at '" + site + "', but there is no such site"};
  }

  void add_relay(const topology::program& what) {
    relay_options options;
    options.host = what.name;
    options.where = &place_of(what.site, what.name);
    into_.add_relay(std::move(options));
  }

  void add_peer(const topology::program& what) {
    peer_options options;
    options.user = what.user.empty() ? what.name : what.user;
    options.host = what.name;
    options.where = &place_of(what.site, what.name);
    for (const auto& site : what.also) options.also.push_back(&place_of(site, what.name));
    options.v6 = what.v6;
    if (!what.relay.empty()) options.relay = &relay_named(what);
    if (!what.direct.empty()) choose(direct_words, what.direct, options.config.direct);
    if (what.circuits) options.config.circuits = *what.circuits;
    options.config.hidden = what.hidden;
    options.takes_files = std::ranges::any_of(plan_.events, gives);
    into_.add_peer(std::move(options));
  }

  sim_relay& relay_named(const topology::program& whose) const {
    for (const auto& relay : into_.relays()) {
      if (relay->host() == whose.relay) return *relay;
    }
    throw std::invalid_argument{whose.name + " wants the relay '" + whose.relay +
                                "', but there is no such one"};
  }

  const topology& plan_;
  world& into_;
  std::map<std::string, place*> places_;
};

}  // namespace

void topology::build(world& into) const {
  builder{*this, into}.build();
  for (const auto& each : events) arrange(into, each.at, each);
}

}  // namespace hobnob::testing

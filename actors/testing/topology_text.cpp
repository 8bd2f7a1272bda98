// Topologies as text.

#include "actors/testing/line_words.hpp"
#include "actors/testing/topology.hpp"
#include "transport/sim/duration_text.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <map>
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

template <class Duration>
problem read_duration(std::string_view word, Duration& out) {
  const auto read = sim::parse_duration(word);
  if (!read) return "'" + std::string{word} + "' is no time, such as 20ms, 5s or 2min";
  out = std::chrono::duration_cast<Duration>(*read);
  return {};
}

/// The same where nothing is no answer.
template <class Duration>
problem read_span(std::string_view word, Duration least, Duration& out) {
  if (auto wrong = read_duration(word, out); !wrong.empty()) return wrong;
  if (out >= least) return {};
  return "'" + std::string{word} + "' is too short: at least " + sim::to_text(least);
}

constexpr topology::duration shortest = std::chrono::milliseconds{1};

problem set_nat(sim::nat_options& nat, std::string_view name, std::string_view value) {
  if (name == "translate") return choose(yes_or_no, value, nat.translate);
  if (name == "mapping") return choose(dependence_words, value, nat.mapping);
  if (name == "filtering") return choose(dependence_words, value, nat.filtering);
  if (name == "ports") return choose(port_words, value, nat.ports);
  if (name == "unsolicited") return choose(refusal_words, value, nat.unsolicited);
  if (name == "hairpin") return choose(yes_or_no, value, nat.hairpin);
  if (name == "timeout") return read_span(value, shortest, nat.established_timeout);
  return "a site has no '" + std::string{name} + "'";
}

/// Reads `NAME=VALUE`s to the end of the line.
problem read_properties(std::string_view line,
                        const std::function<problem(std::string_view, std::string_view)>& set) {
  while (!line.empty()) {
    const auto word = take_word(line);
    const auto equals = word.find('=');
    if (equals == word.npos || equals + 1 == word.size())
      return "'" + std::string{word} + "' is not of the form NAME=VALUE";
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

problem take_name(std::string_view& line, const char* of_what, std::string& out) {
  out = take_word(line);
  const bool is_name = !out.empty() && out.find('=') == out.npos;
  return is_name ? problem{} : std::string{of_what} + " needs a name";
}

/// The name of a site after `word`, if the line goes on with that.
problem take_place(std::string_view& line, std::string_view word, std::string& out) {
  auto rest = line;
  if (take_word(rest) != word) return {};
  line = rest;
  out = take_word(line);
  const bool is_name = !out.empty() && out.find('=') == out.npos;
  return is_name ? problem{} : "after '" + std::string{word} + "' the name of a site is missing";
}

/// Reads statements into a topology.
class reader {
 public:
  problem read(std::size_t number, std::string_view line) {
    number_ = number;
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
  problem heartbeat(std::string_view line) {
    return read_span(line, std::chrono::milliseconds{1}, result_.heartbeat);
  }

  problem site(std::string_view line) {
    auto& added = result_.sites.emplace_back();
    added.line = number_;
    if (auto wrong = take_name(line, "a site", added.name); !wrong.empty()) return wrong;
    if (auto wrong = take_place(line, "behind", added.behind); !wrong.empty()) return wrong;
    return read_properties(line, [&added](std::string_view name, std::string_view value) {
      return set_nat(added.nat, name, value);
    });
  }

  problem relay(std::string_view line) { return program(topology::program::kind::relay, line); }
  problem peer(std::string_view line) { return program(topology::program::kind::peer, line); }

  problem program(topology::program::kind what, std::string_view line) {
    auto& added = result_.programs.emplace_back();
    added.what = what;
    added.line = number_;
    const bool is_peer = what == topology::program::kind::peer;
    if (auto wrong = take_name(line, is_peer ? "a peer" : "a relay", added.name); !wrong.empty())
      return wrong;
    if (auto wrong = take_place(line, "at", added.site); !wrong.empty()) return wrong;
    return read_properties(line, [&](std::string_view name, std::string_view value) -> problem {
      if (is_peer) return set_peer(added, name, value);
      return "a relay has no '" + std::string{name} + "'";
    });
  }

  static problem set_peer(topology::program& peer, std::string_view name, std::string_view value) {
    if (name == "v6") return choose(yes_or_no, value, peer.v6);
    if (name == "hidden") return choose(yes_or_no, value, peer.hidden);
    if (name == "circuits") return choose(circuit_words, value, peer.circuits.emplace());
    if (name == "direct") return choose(direct_words, value, peer.direct.emplace());
    if (name == "user") {
      peer.user = value;
    } else if (name == "relay") {
      peer.relay = value;
    } else if (name == "also") {
      peer.also = split_list(value);
    } else {
      return "a peer has no '" + std::string{name} + "'";
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
    if (auto wrong = read_span(take_word(line), shortest, added.at); !wrong.empty()) return wrong;
    added.every = added.at;
    return event(std::move(added), line);
  }

  problem event(topology::event added, std::string_view line) {
    if (line.empty()) return "what happens then is missing";
    added.line = number_;
    if (traffic::is_line(line)) {
      const auto order = traffic::parse(line);
      if (!order) return order.error();
      added.what = *order;
    } else if (const auto fault = program_fault::parse(line)) {
      added.what = *fault;
    } else if (const auto of_network = sim::parse_fault(line)) {
      added.what = *of_network;
    } else {
      return "'" + std::string{line} + "' is no fault, and nothing that a peer says or gives";
    }
    result_.events.push_back(std::move(added));
    return {};
  }

  std::size_t number_ = 0;
  topology result_;
};

std::string_view without_comment(std::string_view line) {
  for (auto at = line.find('#'); at != line.npos; at = line.find('#', at + 1)) {
    const auto before = line.substr(0, at);
    const auto text_size = before.find_last_not_of(blanks) + 1;  // 0 if there is none.
    if (text_size == 0 || at - text_size >= 2) return before.substr(0, text_size);
  }
  return line.substr(0, line.find_last_not_of(blanks) + 1);
}

}  // namespace

core::checked<topology> topology::parse(std::string_view text) {
  reader lines;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    const auto statement = without_comment(line);
    if (auto wrong = lines.read(number, statement); !wrong.empty()) {
      if (statement.find(" #") != statement.npos) wrong += " (a comment begins after two blanks)";
      return core::checked<topology>::failure("line " + std::to_string(number) + ": " + wrong);
    }
  }
  return lines.take();
}

}  // namespace hobnob::testing

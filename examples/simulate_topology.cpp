// Reads a topology file (hobnob/actors/testing/topology.hpp has the grammar), lets it happen in
// virtual time, and prints what came of it: how long until everyone saw everyone, how each pair
// talks and why not better, and what became of each message and file. The same seed prints the
// same.
//
//     example_simulate_topology examples/topologies/three_sites.topology --seed 7

#include "actors/storage/json_line.hpp"
#include "actors/testing/run_report.hpp"
#include "actors/testing/topology.hpp"
#include "actors/testing/world.hpp"
#include "transport/sim/duration_text.hpp"
#include "transport/sim/fabric.hpp"
#include "transport/sim/simulation.hpp"
#include "transport/sim/trace_writer.hpp"

#include <algorithm>
#include <boost/program_options.hpp>
#include <charconv>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

namespace options = boost::program_options;
using hobnob::sim::trace_filter;
using hobnob::testing::topology;
using hobnob::testing::world;

constexpr const char* usage = "usage: example_simulate_topology [OPTION...] FILE\n";

options::options_description shown_options() {
  options::options_description all;
  const auto text = [] { return options::value<std::string>()->default_value("", ""); };
  all.add_options()("help,h", "this text")("seed", text(), "a number instead of the file's");
  all.add_options()("json", "one line of JSON instead of words");
  all.add_options()("trace", text(), "write what happened to this file, as NDJSON");
  all.add_options()("diagram", text(), "write a Mermaid sequence diagram to this file");
  all.add_options()("hosts", text(), "of these alone in both, separated by commas");
  all.add_options()("kinds", text(), "the same of kinds of records: note,fault");
  all.add_options()("words", text(), "the same of types of frames and notes: message,receipt");
  all.add_options()("from", text(), "both from this time on: 90s");
  all.add_options()("to", text(), "both up to this time");
  return all;
}

/// All options but `help` and `json` are texts; empty: not given.
class arguments {
 public:
  arguments(int argc, char** argv) {
    options::options_description all = shown_options();
    all.add_options()("file", options::value<std::string>()->default_value(""));
    options::positional_options_description positional;
    positional.add("file", 1);
    options::store(
        options::command_line_parser(argc, argv).options(all).positional(positional).run(), given_);
  }

  bool has(const char* name) const { return given_.count(name) > 0; }
  const std::string& text(const char* name) const { return given_[name].as<std::string>(); }

  std::vector<std::string> list(const char* name) const {
    std::vector<std::string> parts;
    std::istringstream in{text(name)};
    for (std::string part; std::getline(in, part, ',');) parts.push_back(part);
    return parts;
  }

 private:
  options::variables_map given_;
};

[[noreturn]] void fail(const std::string& why) { throw std::runtime_error{why}; }

std::uint64_t seed_of(const std::string& text) {
  std::uint64_t result = 0;
  const auto end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, result);
  if (error != std::errc{} || stopped != end) {
    fail("--seed: '" + text + "' is no number from 0 to 18446744073709551615");
  }
  return result;
}

/// Throws for a name that is none of those there are: the trace would be empty.
void check_names(const char* option, const std::vector<std::string>& wanted,
                 const std::vector<std::string>& known) {
  for (const auto& name : wanted) {
    if (std::ranges::find(known, name) != known.end()) continue;
    std::string text = std::string{"--"} + option + ": there is no '" + name + "'; there are:";
    for (const auto& each : known) text += ' ' + each;
    fail(text);
  }
}

std::vector<std::string> hosts_of(world& w) {
  std::vector<std::string> result;
  for (const auto& node : w.network().nodes()) result.push_back(node->name());
  for (const auto& segment : w.network().segments()) result.push_back(segment->name());
  return result;
}

world::time_point time_of(const arguments& given, const char* option) {
  const auto read = hobnob::sim::parse_duration(given.text(option));
  if (!read)
    fail(std::string{"--"} + option + ": '" + given.text(option) + "' is no time, such as 90s");
  return hobnob::sim::simulation::start + *read;
}

trace_filter filter_of(const arguments& given, world& w) {
  trace_filter result;
  const auto hosts = given.list("hosts"), kinds = given.list("kinds"), words = given.list("words");
  check_names("hosts", hosts, hosts_of(w));
  std::vector<std::string> known;
  for (const auto kind : hobnob::sim::record_kinds) known.emplace_back(to_string(kind));
  check_names("kinds", kinds, known);
  result.hosts = {hosts.begin(), hosts.end()};
  result.words = {words.begin(), words.end()};
  for (const auto kind : hobnob::sim::record_kinds) {
    if (std::ranges::find(kinds, to_string(kind)) != kinds.end()) result.kinds.insert(kind);
  }
  if (!given.text("from").empty()) result.from = time_of(given, "from");
  if (!given.text("to").empty()) result.to = time_of(given, "to");
  return result;
}

/// Those of this run: known only after it.
void check_words(const arguments& given, world& w) {
  std::set<std::string> known;
  for (const auto& record : w.log().records()) {
    if (!record.word.empty()) known.insert(record.word);
  }
  check_names("words", given.list("words"), {known.begin(), known.end()});
}

topology read_plan(const std::string& name) {
  std::ifstream file{name};
  std::ostringstream text;
  if (std::filesystem::is_directory(name)) fail(name + ": is a folder");
  if (!file || (file.peek() != EOF && !(text << file.rdbuf()))) fail(name + ": cannot be read");
  auto plan = topology::parse(text.str());
  if (!plan) fail(name + ": " + plan.error());
  using enum topology::program::kind;
  if (std::ranges::find(plan->programs, peer, &topology::program::what) == plan->programs.end())
    fail(name + ": there is nothing to simulate: no peer");
  return *std::move(plan);
}

std::ofstream open_to_write(const std::string& name) {
  std::ofstream out;
  if (name.empty()) return out;
  out.open(name);
  if (!out) fail(name + ": cannot be written");
  return out;
}

void simulate(const arguments& given) {
  const auto& name = given.text("file");
  const auto plan = read_plan(name);
  auto settings = plan.options();
  if (!given.text("trace").empty() || !given.text("diagram").empty())
    settings.trace_size = hobnob::sim::trace::keep_all;
  world w{given.text("seed").empty() ? plan.seed : seed_of(given.text("seed")), settings};
  std::shared_ptr<const hobnob::testing::traffic_counts> counts;
  try {
    counts = plan.build(w);
  } catch (const std::invalid_argument& wrong) {
    fail(name + ": " + wrong.what());
  }
  for (const auto& each : plan.events) {
    if (each.at > plan.length)
      std::cerr << name << ": line " << each.line << ": the run ends before that\n";
  }
  const auto filter = filter_of(given, w);
  // Before the run: it may take long, and is not to be in vain.
  auto trace_file = open_to_write(given.text("trace"));
  auto diagram_file = open_to_write(given.text("diagram"));
  const auto report = run_and_report(w, plan.length, *counts);
  if (given.has("json")) {
    std::cout << hobnob::to_json_line(to_json(report)) << '\n';
  } else {
    write_words(std::cout, report);
  }
  const auto& log = w.log();
  if (trace_file.is_open() || diagram_file.is_open()) check_words(given, w);
  if (trace_file.is_open()) write_ndjson(trace_file, log, filter);
  if (diagram_file.is_open()) write_mermaid(diagram_file, log, given.list("hosts"), filter);
  trace_file.flush();
  diagram_file.flush();
  if (!trace_file || !diagram_file)
    fail("the trace or the diagram is not whole: is the disk full?");
}

}  // namespace

int main(int argc, char** argv) try {
  const arguments given{argc, argv};
  if (given.has("help")) {
    std::cout << usage << shown_options();
    return 0;
  }
  if (given.text("file").empty()) {
    std::cerr << usage << shown_options();
    return 1;
  }
  simulate(given);
  return 0;
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}

// Reads a topology file (hobnob/actors/testing/topology.hpp has the grammar), lets it happen in
// virtual time, and prints what came of it: how long until everyone saw everyone, how each pair
// talks and why not better, and what became of each message. The same seed prints the same.
//
//     example_simulate_topology examples/topologies/three_sites.topology --seed 7

#include "actors/state_names.hpp"
#include "actors/storage/json_line.hpp"
#include "actors/testing/topology.hpp"
#include "actors/testing/world.hpp"
#include "transport/sim/fabric.hpp"
#include "transport/sim/simulation.hpp"
#include "transport/sim/trace_writer.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/program_options.hpp>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

namespace options = boost::program_options;
namespace json = boost::json;
using hobnob::testing::sim_peer;
using hobnob::testing::topology;
using hobnob::testing::world;

double seconds(std::chrono::nanoseconds span) {
  return std::chrono::duration<double>(span).count();
}

struct message_counts {
  int sent = 0, unsettled = 0, doubled = 0, vanished = 0;
  std::map<std::string, int> delivered;  // By path.
  std::map<std::string, int> failed;     // By code.
};

/// Runs to the end; since when everyone saw everyone, if they do at the end, and when they did
/// first.
struct convergence {
  std::optional<std::chrono::nanoseconds> first, again;
};

convergence run(world& w, topology::duration length) {
  constexpr auto step = std::chrono::milliseconds(100);
  convergence result;
  for (topology::duration passed{}; passed < length; passed += step) {
    w.run_for(step);
    if (!w.everyone_sees_everyone()) {
      result.again.reset();
    } else if (!result.again) {
      result.again = w.elapsed();
      if (!result.first) result.first = result.again;
    }
  }
  return result;
}

message_counts count_messages(const world& w) {
  message_counts result;
  std::map<std::string, std::set<hobnob::message_id>> received;
  for (const auto& peer : w.peers()) {
    const auto count = [&, &ids = received[peer->user()]](const auto& entries) {
      for (const auto& entry : entries) result.doubled += !ids.insert(entry.event.id).second;
    };
    count(peer->book().texts);
    count(peer->book().application_messages);
  }
  for (const auto& peer : w.peers()) {
    for (const auto& sent : peer->book().sent) {
      ++result.sent;
      const auto outcome = peer->outcome(sent.id);
      if (outcome.state == hobnob::message_state::delivered) {
        ++result.delivered[std::string{to_string(outcome.path)}];
        if (!received[sent.to].contains(sent.id)) ++result.vanished;
      } else if (outcome.state == hobnob::message_state::failed) {
        ++result.failed[outcome.code];
      } else {
        ++result.unsettled;
      }
    }
  }
  return result;
}

json::object to_json(const std::map<std::string, int>& counts) {
  json::object result;
  for (const auto& [name, count] : counts) result[name] = count;
  return result;
}

json::array routes(world& w) {
  json::array result;
  for (const auto& from : w.peers()) {
    if (!from->online()) continue;
    for (const auto& to : from->roster()) {
      const auto row = from->row(to);
      json::object route{{"from", from->user()}, {"to", to}, {"path", to_string(row.path)}};
      if (!row.why_not_direct.empty()) route["why_not_direct"] = row.why_not_direct;
      result.push_back(std::move(route));
    }
  }
  return result;
}

json::object report(world& w, const convergence& seen) {
  const auto messages = count_messages(w);
  json::object result{{"seed", w.seed()}, {"simulated_s", seconds(w.elapsed())}};
  result["everyone_saw_everyone_s"] =
      seen.first ? json::value(seconds(*seen.first)) : json::value();
  result["and_at_the_end_since_s"] = seen.again ? json::value(seconds(*seen.again)) : json::value();
  result["routes"] = routes(w);
  result["messages"] = json::object{{"sent", messages.sent},
                                    {"delivered", to_json(messages.delivered)},
                                    {"failed", to_json(messages.failed)},
                                    {"unsettled", messages.unsettled},
                                    {"doubled", messages.doubled},
                                    {"delivered_but_not_received", messages.vanished}};
  result["trace_hash"] = w.trace_hash();
  return result;
}

void print_words(const json::object& report) {
  std::cout << "seed " << report.at("seed") << ", " << report.at("simulated_s").as_double()
            << " s simulated\n";
  const auto time = [](const json::value& value) {
    return value.is_null() ? std::string{"never"} : std::to_string(value.as_double()) + " s";
  };
  std::cout << "everyone saw everyone after: " << time(report.at("everyone_saw_everyone_s"))
            << "; and at the end, since: " << time(report.at("and_at_the_end_since_s")) << '\n';
  std::cout << "routes at the end:\n";
  for (const auto& value : report.at("routes").as_array()) {
    const auto& route = value.as_object();
    std::cout << "  " << route.at("from").as_string().c_str() << " -> "
              << route.at("to").as_string().c_str() << ": " << route.at("path").as_string().c_str();
    if (const auto* why = route.if_contains("why_not_direct")) {
      std::cout << " (" << why->as_string().c_str() << ')';
    }
    std::cout << '\n';
  }
  std::cout << "messages:\n";
  for (const auto& [name, value] : report.at("messages").as_object()) {
    std::cout << "  " << std::string{name} << ": " << value << '\n';
  }
  std::cout << "trace hash: " << report.at("trace_hash") << '\n';
}

options::variables_map read_options(int argc, char** argv, options::options_description& shown) {
  shown.add_options()("help,h", "this text")("seed", options::value<std::uint64_t>(),
                                             "instead of the file's")(
      "json", "one line of JSON instead of words")("trace", options::value<std::string>(),
                                                   "write what happened to this file, as NDJSON")(
      "diagram", options::value<std::string>(), "write a Mermaid sequence diagram to this file")(
      "hosts", options::value<std::string>()->default_value(""),
      "of these alone in both, separated by commas");
  options::options_description all;
  all.add(shown).add_options()("file", options::value<std::string>());
  options::positional_options_description positional;
  positional.add("file", 1);
  options::variables_map result;
  options::store(options::command_line_parser(argc, argv).options(all).positional(positional).run(),
                 result);
  return result;
}

std::vector<std::string> split_at_commas(const std::string& text) {
  std::vector<std::string> parts;
  std::istringstream in{text};
  for (std::string part; std::getline(in, part, ',');) parts.push_back(part);
  return parts;
}

/// Throws `std::invalid_argument` for a name that nothing in this world has: its trace would be
/// empty.
void check_hosts(const std::vector<std::string>& wanted, world& w) {
  std::vector<std::string> known;
  for (const auto& node : w.network().nodes()) known.push_back(node->name());
  for (const auto& segment : w.network().segments()) known.push_back(segment->name());
  for (const auto& name : wanted) {
    if (std::ranges::find(known, name) != known.end()) continue;
    std::string text = "--hosts: there is no '" + name + "'; there are:";
    for (const auto& each : known) text += ' ' + each;
    throw std::invalid_argument{text};
  }
}

std::ofstream open_to_write(const std::string& name) {
  std::ofstream out{name};
  if (!out) throw std::runtime_error{name + ": cannot be written"};
  return out;
}

int simulate(const options::variables_map& given) {
  const auto name = given["file"].as<std::string>();
  std::ifstream file{name};
  if (!file) {
    std::cerr << name << ": cannot be read\n";
    return 1;
  }
  const std::string text{std::istreambuf_iterator<char>{file}, {}};
  const auto plan = topology::parse(text);
  if (!plan) {
    std::cerr << name << ": " << plan.error() << '\n';
    return 1;
  }
  auto settings = plan->options();
  if (given.count("trace") || given.count("diagram")) {
    settings.trace_size = hobnob::sim::trace::keep_all;
  }
  world w{given.count("seed") ? given["seed"].as<std::uint64_t>() : plan->seed, settings};
  plan->build(w);
  const auto hosts = split_at_commas(given["hosts"].as<std::string>());
  check_hosts(hosts, w);
  // Before the run: it may take long, and is not to be in vain.
  std::ofstream trace_file, diagram_file;
  if (given.count("trace")) trace_file = open_to_write(given["trace"].as<std::string>());
  if (given.count("diagram")) diagram_file = open_to_write(given["diagram"].as<std::string>());
  const auto result = report(w, run(w, plan->length));
  if (given.count("json")) {
    std::cout << hobnob::to_json_line(result) << '\n';
  } else {
    print_words(result);
  }
  hobnob::sim::trace_filter filter;
  filter.hosts = {hosts.begin(), hosts.end()};
  if (trace_file.is_open()) write_ndjson(trace_file, w.simulation().log(), filter);
  if (diagram_file.is_open()) write_mermaid(diagram_file, w.simulation().log(), hosts, filter);
  trace_file.flush();
  diagram_file.flush();
  if (!trace_file || !diagram_file)
    throw std::runtime_error{"the trace or the diagram is not whole: is the disk full?"};
  return 0;
}

}  // namespace

int main(int argc, char** argv) try {
  options::options_description shown{"usage: example_simulate_topology [OPTION...] FILE"};
  const auto given = read_options(argc, argv, shown);
  if (given.count("help")) {
    std::cout << shown;
    return 0;
  }
  if (!given.count("file")) {
    std::cerr << shown;
    return 1;
  }
  return simulate(given);
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}

// docs/simulation.md names the keys that each kind of record has in NDJSON.

#include "fabric_fixture.hpp"
#include "transport/sim/trace_writer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <ranges>
#include <regex>
#include <set>
#include <sstream>

namespace hobnob::sim {
namespace {

using keys = std::set<std::string>;

/// Those that every record of a kind has, and those that only some have.
struct key_sets {
  keys always, at_times;
  friend bool operator==(const key_sets&, const key_sets&) = default;
};

std::ostream& operator<<(std::ostream& out, const key_sets& sets) {
  for (const auto& key : sets.always) out << key << ' ';
  for (const auto& key : sets.at_times) out << key << "? ";
  return out;
}

using keys_by_kind = std::map<std::string, key_sets>;

/// The table's rows with what "all" have.
keys_by_kind documented() {
  std::ifstream page{HOBNOB_SIMULATION_PAGE};
  keys_by_kind result;
  bool in_table = false;
  for (std::string line; std::getline(page, line);) {
    if (line.starts_with("| kind | keys |")) in_table = true;
    if (!in_table || line.starts_with("| kind") || line.starts_with("|---")) continue;
    if (line.empty()) break;
    static const std::regex row{"\\| `?([a-z_]+)`? \\| ([^|]*) \\|.*"}, key{"`([a-z_]+)`([?]?)"};
    std::smatch cells;
    if (!std::regex_match(line, cells, row)) throw std::runtime_error{"no row: " + line};
    auto& sets = result[cells[1]];
    const std::string words = cells[2];
    for (std::sregex_iterator at{words.begin(), words.end(), key}, end; at != end; ++at)
      ((*at)[2].length() > 0 ? sets.at_times : sets.always).insert((*at)[1]);
  }
  const auto everywhere = result.extract("all");
  for (auto& [kind, sets] : result) sets.always.merge(keys{everywhere.mapped().always});
  return result;
}

/// Each kind of record, with everything that it may hold and with as little.
void record_everything(trace& log) {
  const auto here = log.host("here"), there = log.host("there");
  auto data = make_packet(packet_kind::data, "10.0.0.2:1", "10.0.0.3:2", 100);
  for (bool full : {false, true}) {
    data.fin = full;
    log.packet_sent(here, 1, data);
    log.packet_delivered(here, there, 1, data);
    log.packet_dropped(here, there, 1, data, "lost");
    log.event(record_kind::nat, here, "made");
    log.event(record_kind::link, here, "power off");
    log.event(record_kind::fault, host_id::none, "heal");
    const auto peer = full ? there : host_id::none;
    log.note(here, peer, "word", full ? "text" : "");
    for (auto kind : {record_kind::frame_sent, record_kind::frame_received})
      log.frame(kind, here, peer, "ping", 8);
  }
}

keys_by_kind written() {
  const time_point now = simulation::start;
  trace log{now, simulation::start, trace::keep_all};
  record_everything(log);
  keys_by_kind result;
  for (const auto& record : log.records()) {
    const auto line = to_json(log, record);
    static const std::regex key{"[{,]\"([a-z_]+)\":"};
    keys found;
    for (std::sregex_iterator at{line.begin(), line.end(), key}, end; at != end; ++at)
      found.insert((*at)[1]);
    const auto [sets, first] = result.try_emplace(std::string{to_string(record.kind)});
    auto& [always, at_times] = sets->second;
    if (first) always = found;
    at_times.merge(keys{always});
    at_times.merge(keys{found});
    std::erase_if(always, [&](const auto& each) { return !found.contains(each); });
    std::erase_if(at_times,
                  [&, &common = always](const auto& each) { return common.contains(each); });
  }
  return result;
}

TEST(trace_keys, those_written_are_those_documented) {
  const auto page = documented(), log = written();
  for (int kind = 0; to_string(static_cast<record_kind>(kind)) != "?"; ++kind) {
    const std::string name{to_string(static_cast<record_kind>(kind))};
    ASSERT_TRUE(page.contains(name)) << name << " is not documented";
    ASSERT_TRUE(log.contains(name)) << name << " is not written here";
    EXPECT_EQ(page.at(name), log.at(name)) << name;
  }
  EXPECT_EQ(page.size(), log.size());
}

}  // namespace
}  // namespace hobnob::sim

// Reports of runs as JSON and as words.

#include "actors/state_names.hpp"
#include "actors/testing/run_report.hpp"
#include "transport/sim/trace_writer.hpp"

#include <boost/json/array.hpp>
#include <ostream>
#include <string_view>

namespace hobnob::testing {
namespace {

namespace json = boost::json;

std::int64_t to_milliseconds(world::duration span) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(span).count();
}

json::value to_value(const std::optional<world::duration>& since) {
  return since ? json::value(to_milliseconds(*since)) : json::value();
}

json::object to_object(const std::map<std::string, int>& counts) {
  json::object result;
  for (const auto& [name, count] : counts) result[name] = count;
  return result;
}

json::array to_array(const std::vector<route>& routes) {
  json::array result;
  for (const auto& each : routes) {
    json::object row{{"from", each.from}, {"to", each.to}, {"path", to_string(each.path)}};
    if (!each.reason.empty()) row["reason"] = each.reason;
    result.push_back(std::move(row));
  }
  return result;
}

json::object to_object(const message_counts& messages) {
  return {{"sent", messages.sent},
          {"not_sent", messages.not_sent},
          {"delivered", to_object(messages.delivered)},
          {"failed", to_object(messages.failed)},
          {"unsettled", messages.unsettled},
          {"doubled", messages.doubled},
          {"delivered_but_missing", messages.delivered_but_missing}};
}

json::object to_object(const transfer_counts& transfers) {
  return {{"given", transfers.given},
          {"not_given", transfers.not_given},
          {"begun", transfers.begun},
          {"done", transfers.done},
          {"failed", to_object(transfers.failed)},
          {"open", to_object(transfers.open)}};
}

std::string seconds_text(world::duration span) {
  const auto milliseconds = to_milliseconds(span);
  const auto fraction = std::to_string(1000 + milliseconds % 1000).substr(1);
  return std::to_string(milliseconds / 1000) + '.' + fraction + " s";
}

std::string to_words(const coming_true& what) {
  if (!what.first) return "never";
  auto words = "first after " + seconds_text(*what.first);
  return what.at_end ? words + ", and at the end since " + seconds_text(*what.at_end)
                     : words + ", but not at the end";
}

/// A number, or numbers by name: `relay 23, wan 13`.
void write_count(std::ostream& out, std::string_view name, const json::value& count) {
  out << "  " << name << ':';
  if (!count.is_object()) {
    out << ' ' << count << '\n';
    return;
  }
  const char* before = " ";
  for (const auto& [of, number] : count.get_object()) {
    out << before << std::string_view{of} << ' ' << number;
    before = ", ";
  }
  out << (count.get_object().empty() ? " none\n" : "\n");
}

void write_counts(std::ostream& out, const char* title, const json::object& counts) {
  out << title << ":\n";
  for (const auto& [name, count] : counts) write_count(out, name, count);
}

}  // namespace

json::object to_json(const run_report& report) {
  const auto& [seen, linked, pairs] = report.team;
  json::object result{{"seed", report.seed}, {"simulated_ms", to_milliseconds(report.simulated)}};
  result["everyone_saw_everyone_ms"] = to_value(seen.first);
  result["everyone_sees_everyone_since_ms"] = to_value(seen.at_end);
  result["pairs_that_can_link"] = pairs;
  result["everyone_linked_ms"] = to_value(linked.first);
  result["everyone_is_linked_since_ms"] = to_value(linked.at_end);
  result["routes"] = to_array(report.routes);
  result["messages"] = to_object(report.messages);
  result["transfers"] = to_object(report.transfers);
  result["trace_hash"] = sim::hash_text(report.trace_hash);
  return result;
}

void write_words(std::ostream& out, const run_report& report) {
  const auto& [seen, linked, pairs] = report.team;
  out << "seed " << report.seed << ", " << seconds_text(report.simulated) << " simulated\n"
      << "everyone saw everyone: " << to_words(seen) << '\n'
      << "everyone had the links that can be: "
      << (pairs == 0 ? "there can be none" : to_words(linked)) << '\n'
      << "routes at the end:\n";
  for (const auto& each : report.routes) {
    out << "  " << each.from << " -> " << each.to << ": " << to_string(each.path);
    if (!each.reason.empty()) out << " (" << each.reason << ')';
    out << '\n';
  }
  write_counts(out, "messages", to_object(report.messages));
  const bool gave = report.transfers.given + report.transfers.not_given > 0;
  if (gave) write_counts(out, "transfers", to_object(report.transfers));
  out << "trace hash: " << sim::hash_text(report.trace_hash) << '\n';
}

}  // namespace hobnob::testing

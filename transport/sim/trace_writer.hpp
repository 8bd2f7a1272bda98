#pragma once

#include "transport/sim/trace.hpp"

#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

namespace hobnob::sim {

/// 16 hexadecimal digits, as a trace's hash is written everywhere: as a number, what reads JSON
/// would round it.
std::string hash_text(std::uint64_t hash);

/// One line for people, without its end:
/// `    1.250000 bob            delivered syn 10.0.0.1:4000 > 10.0.0.2:443 from alice`.
std::string to_text(const trace& from, const trace_record& record);

/// The same as one JSON object without a line break; `us` is microseconds since the start.
std::string to_json(const trace& from, const trace_record& record);

/// The last `last` of the kept records that match, a line each.
void write_text(std::ostream& out, const trace& from, const trace_filter& filter = {},
                std::size_t last = trace::keep_all);
void write_ndjson(std::ostream& out, const trace& from, const trace_filter& filter = {},
                  std::size_t last = trace::keep_all);

/// A Mermaid `sequenceDiagram` of these hosts in this order (of all that occur, if none are named):
/// arrows for frames that arrived (or, where none were recorded, for the packets that carry data),
/// for what opens and ends connections, and for notes between two hosts; crosses for lost packets
/// (equal SYNs in one line with their number, others as long as nothing else shows between them),
/// notes over the hosts. Bare acknowledgements are left out, and so is what comes after `lines_max`
/// lines (the diagram says how much).
void write_mermaid(std::ostream& out, const trace& from, const std::vector<std::string>& hosts = {},
                   const trace_filter& filter = {}, std::size_t lines_max = 200);

}  // namespace hobnob::sim

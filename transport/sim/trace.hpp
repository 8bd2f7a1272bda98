#pragma once

#include "transport/clock.hpp"
#include "transport/sim/packet.hpp"

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace hobnob::sim {

/// Names a host (or router, or segment) in the trace.
enum class host_id : std::uint32_t { none = 0 };

enum class record_kind : std::uint8_t {
  sent,            ///< A host gave a packet to the network.
  delivered,       ///< A packet arrived at its host; `peer` is where it started.
  dropped,         ///< A packet was lost at `host`; `text` says why.
  nat,             ///< A mapping was made, refused or forgotten.
  link,            ///< Something went up or down, or changed.
  fault,           ///< A fault was applied.
  note,            ///< Told by the program under test or by the test (`trace::note`).
  frame_sent,      ///< A connection queued a frame; `word` is its type, `peer` its other end.
  frame_received,  ///< A connection took one.
};

inline constexpr std::array record_kinds{
    record_kind::sent, record_kind::delivered,  record_kind::dropped,
    record_kind::nat,  record_kind::link,       record_kind::fault,
    record_kind::note, record_kind::frame_sent, record_kind::frame_received};

std::string_view to_string(record_kind kind);

/// One line of a trace. Which members mean something depends on `kind`.
struct trace_record {
  std::uint64_t number = 0;  ///< Counted from 1.
  time_point at;
  record_kind kind = record_kind::note;
  packet_kind packet = packet_kind::data;
  bool fin = false;
  host_id host = host_id::none;
  host_id peer = host_id::none;
  std::uint64_t packet_id = 0;  ///< One packet keeps its number from `sent` to its end.
  endpoint from, to;            ///< As they were there and then: a NAT changes them on the way.
  std::size_t size = 0;         ///< Of the payload of a packet or frame.
  std::string word;             ///< A note's own kind, a frame's type: "login", "ping", ...
  std::string text;
};

/// What to read of a trace; what is left empty excludes nothing.
struct trace_filter {
  std::set<std::string, std::less<>> hosts{};  ///< Records of or between these.
  std::set<record_kind> kinds{};
  std::set<std::string, std::less<>> words{};  ///< Kinds of notes, types of frames.
  time_point from = time_point::min();
  time_point to = time_point::max();  ///< Included.
};

/// Everything that happened in a run, in order. Every record counts in the hash, the last ones are
/// kept for reading. Contents of packets and frames are never recorded: encryption draws its own
/// randomness, and nothing of that may show.
class trace {
 public:
  static constexpr std::size_t keep_all = std::numeric_limits<std::size_t>::max();

  /// `now` must stay valid as long as the trace; times are written as since `start`.
  trace(const time_point& now, time_point start, std::size_t kept);

  /// The number of this name, made if there was none. Numbers are given in order of first use.
  host_id host(std::string_view name);
  const std::string& name_of(host_id id) const;

  /// From now on keeps this many records (the hash goes on over all of them).
  void keep(std::size_t records);

  // Recording.

  void packet_sent(host_id at, std::uint64_t id, const packet& what);
  void packet_delivered(host_id origin, host_id at, std::uint64_t id, const packet& what);
  void packet_dropped(host_id origin, host_id at, std::uint64_t id, const packet& what,
                      std::string_view why);

  /// `kind`: `frame_sent` or `frame_received`; `peer`: at the other end, if it is known.
  void frame(record_kind kind, host_id at, host_id peer, std::string_view type, std::size_t size);

  /// `word` is a short kind ("login", "link") to filter by.
  void note(host_id at, std::string_view word, std::string_view text);

  /// Something that went from one host to another: an arrow in the sequence diagram.
  void note(host_id from, host_id to, std::string_view word, std::string_view text);

  void event(record_kind kind, host_id at, std::string_view text);

  // Reading.

  /// Of every record since the start; equal for two runs of one seed.
  std::uint64_t hash() const noexcept { return hash_; }
  std::uint64_t count() const noexcept { return count_; }
  const std::deque<trace_record>& records() const noexcept { return records_; }
  time_point start() const noexcept { return start_; }

  bool matches(const trace_record& record, const trace_filter& filter) const;

  /// Called for each record from now on, kept or not. For watchers of invariants and live output.
  void watch(std::function<void(const trace_record&)> watcher) { watcher_ = std::move(watcher); }

 private:
  trace_record& begin_record(record_kind kind, host_id at);
  void end_record(trace_record& record);
  trace_record& packet_record(record_kind kind, host_id at, host_id peer, std::uint64_t id,
                              const packet& what);

  const time_point& now_;
  time_point start_;
  std::size_t kept_;
  std::uint64_t hash_;
  std::uint64_t count_ = 0;
  std::deque<trace_record> records_;
  trace_record unkept_;
  std::vector<std::string> names_;
  std::map<std::string, host_id, std::less<>> ids_;
  std::function<void(const trace_record&)> watcher_;
};

}  // namespace hobnob::sim

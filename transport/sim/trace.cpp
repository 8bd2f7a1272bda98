#include "transport/sim/trace.hpp"

#include <cstring>

namespace hobnob::sim {

namespace {

/// One round of a multiplying hash: every bit of `word` reaches the high bits of the result, and
/// the shift brings them down again.
std::uint64_t mix(std::uint64_t hash, std::uint64_t word) {
  hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
  return hash ^ (hash >> 29);
}

std::uint64_t mix(std::uint64_t hash, std::string_view text) {
  for (const char letter : text)
    hash = (hash ^ static_cast<unsigned char>(letter)) * 0x100000001b3u;
  return mix(hash, text.size());
}

std::uint64_t mix(std::uint64_t hash, const endpoint& value) {
  std::uint64_t halves[2];
  static_assert(sizeof halves == sizeof value.address.v6_octets());
  std::memcpy(halves, value.address.v6_octets().data(), sizeof halves);
  hash = mix(hash, halves[0]);
  return mix(hash, halves[1] ^ std::uint64_t{value.port} << 1);
}

std::uint64_t mix(std::uint64_t hash, const trace_record& record) {
  hash = mix(hash, static_cast<std::uint64_t>(record.at.time_since_epoch().count()));
  hash = mix(hash, static_cast<std::uint64_t>(record.kind) |
                       static_cast<std::uint64_t>(record.packet) << 8 |
                       std::uint64_t{record.fin} << 16 |
                       static_cast<std::uint64_t>(record.host) << 32);
  hash = mix(hash, static_cast<std::uint64_t>(record.peer) | std::uint64_t{record.size} << 32);
  if (record.packet_id != 0) {
    hash = mix(mix(mix(hash, record.packet_id), record.from), record.to);
  }
  if (!record.word.empty()) hash = mix(hash, std::string_view{record.word});
  if (!record.text.empty()) hash = mix(hash, std::string_view{record.text});
  return hash;
}

}  // namespace

std::string_view to_string(record_kind kind) {
  switch (kind) {
    case record_kind::sent:
      return "sent";
    case record_kind::delivered:
      return "delivered";
    case record_kind::dropped:
      return "dropped";
    case record_kind::nat:
      return "nat";
    case record_kind::link:
      return "link";
    case record_kind::fault:
      return "fault";
    case record_kind::note:
      return "note";
    case record_kind::frame_sent:
      return "frame_sent";
    case record_kind::frame_received:
      return "frame_received";
  }
  return "?";
}

trace::trace(const time_point& now, time_point start, std::size_t kept)
    : now_(now), start_(start), kept_(kept), hash_(0x6a09e667f3bcc908u), names_{"-"} {}

host_id trace::host(std::string_view name) {
  const auto found = ids_.find(name);
  if (found != ids_.end()) return found->second;
  const auto id = static_cast<host_id>(names_.size());
  names_.emplace_back(name);
  ids_.emplace(name, id);
  return id;
}

const std::string& trace::name_of(host_id id) const {
  return names_.at(static_cast<std::size_t>(id));
}

void trace::keep(std::size_t records) {
  kept_ = records;
  while (records_.size() > kept_) records_.pop_front();
}

trace_record& trace::begin_record(record_kind kind, host_id at) {
  trace_record* record = &unkept_;
  if (kept_ > 0) {
    if (records_.size() >= kept_) {
      records_.push_back(std::move(records_.front()));  // Its strings' memory is used again.
      records_.pop_front();
    } else {
      records_.emplace_back();
    }
    record = &records_.back();
  }
  record->number = ++count_;
  record->at = now_;
  record->kind = kind;
  record->packet = packet_kind::data;
  record->fin = false;
  record->host = at;
  record->peer = host_id::none;
  record->packet_id = 0;
  record->size = 0;
  record->word.clear();
  record->text.clear();
  return *record;
}

void trace::end_record(trace_record& record) {
  hash_ = mix(hash_, record);
  if (watcher_) watcher_(record);
}

trace_record& trace::packet_record(record_kind kind, host_id at, host_id peer, std::uint64_t id,
                                   const packet& what) {
  trace_record& record = begin_record(kind, at);
  record.packet = what.kind;
  record.fin = what.fin;
  record.peer = peer;
  record.packet_id = id;
  record.from = what.from;
  record.to = what.to;
  record.size = what.payload.size();
  return record;
}

void trace::packet_sent(host_id at, std::uint64_t id, const packet& what) {
  end_record(packet_record(record_kind::sent, at, host_id::none, id, what));
}

void trace::packet_delivered(host_id origin, host_id at, std::uint64_t id, const packet& what) {
  end_record(packet_record(record_kind::delivered, at, origin, id, what));
}

void trace::packet_dropped(host_id origin, host_id at, std::uint64_t id, const packet& what,
                           std::string_view why) {
  trace_record& record = packet_record(record_kind::dropped, at, origin, id, what);
  record.text = why;
  end_record(record);
}

void trace::frame(record_kind kind, host_id at, host_id peer, std::string_view type,
                  std::size_t size) {
  trace_record& record = begin_record(kind, at);
  record.peer = peer;
  record.size = size;
  record.word = type;
  end_record(record);
}

void trace::note(host_id at, std::string_view word, std::string_view text) {
  note(at, host_id::none, word, text);
}

void trace::note(host_id from, host_id to, std::string_view word, std::string_view text) {
  trace_record& record = begin_record(record_kind::note, from);
  record.peer = to;
  record.word = word;
  record.text = text;
  end_record(record);
}

void trace::event(record_kind kind, host_id at, std::string_view text) {
  trace_record& record = begin_record(kind, at);
  record.text = text;
  end_record(record);
}

bool trace::matches(const trace_record& record, const trace_filter& filter) const {
  if (record.at < filter.from || record.at > filter.to) return false;
  if (!filter.kinds.empty() && !filter.kinds.contains(record.kind)) return false;
  if (!filter.words.empty() && !filter.words.contains(record.word)) return false;
  return filter.hosts.empty() || filter.hosts.contains(name_of(record.host)) ||
         (record.peer != host_id::none && filter.hosts.contains(name_of(record.peer)));
}

}  // namespace hobnob::sim

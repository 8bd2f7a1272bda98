#include "transport/sim/trace_writer.hpp"

#include <ostream>

namespace hobnob::sim {

namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";

std::int64_t microseconds_since(time_point start, time_point at) {
  return std::chrono::duration_cast<std::chrono::microseconds>(at - start).count();
}

std::string seconds_text(std::int64_t microseconds) {
  std::string fraction = std::to_string(microseconds % 1'000'000);
  fraction.insert(0, 6 - fraction.size(), '0');
  return std::to_string(microseconds / 1'000'000) + '.' + fraction;
}

void pad(std::string& text, std::size_t column) {
  if (text.size() < column) text.resize(column, ' ');
  text += ' ';
}

std::string packet_text(const trace& from, const trace_record& record) {
  std::string text{to_string(record.packet)};
  if (record.size > 0) text += ' ' + std::to_string(record.size) + " bytes";
  if (record.fin) text += " fin";
  text += ' ' + to_string(record.from) + " > " + to_string(record.to);
  if (record.peer != host_id::none) text += " from " + from.name_of(record.peer);
  if (!record.text.empty()) text += ": " + record.text;
  return text;
}

bool is_frame(const trace_record& record) {
  return record.kind == record_kind::frame_sent || record.kind == record_kind::frame_received;
}

std::string frame_text(const trace& from, const trace_record& record) {
  auto text = record.word + ' ' + std::to_string(record.size) + " bytes";
  if (record.peer == host_id::none) return text;
  text += record.kind == record_kind::frame_sent ? " to " : " from ";
  return text + from.name_of(record.peer);
}

void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  for (const char letter : text) {
    const auto code = static_cast<unsigned char>(letter);
    if (letter == '"' || letter == '\\') {
      out += '\\';
      out += letter;
    } else if (code < 0x20) {
      out += "\\u00";
      out += hex_digits[code >> 4];
      out += hex_digits[code & 15];
    } else {
      out += letter;
    }
  }
  out += '"';
}

void append_member(std::string& out, std::string_view name, std::string_view value) {
  out += ",\"";
  out += name;
  out += "\":";
  append_quoted(out, value);
}

void append_member(std::string& out, std::string_view name, std::uint64_t value) {
  out += ",\"";
  out += name;
  out += "\":" + std::to_string(value);
}

void write(std::ostream& out, const trace& from, const trace_filter& filter, std::size_t last,
           std::string (*line)(const trace&, const trace_record&)) {
  std::size_t skipped = 0;
  if (last != trace::keep_all) {
    for (const trace_record& record : from.records()) skipped += from.matches(record, filter);
    skipped = skipped > last ? skipped - last : 0;
  }
  for (const trace_record& record : from.records()) {
    if (!from.matches(record, filter)) continue;
    if (skipped > 0) {
      --skipped;
    } else {
      out << line(from, record) << '\n';
    }
  }
}

}  // namespace

std::string hash_text(std::uint64_t hash) {
  std::string result(16, '0');
  for (auto digit = result.rbegin(); hash != 0; ++digit, hash >>= 4) *digit = hex_digits[hash & 15];
  return result;
}

std::string to_text(const trace& from, const trace_record& record) {
  std::string text = seconds_text(microseconds_since(from.start(), record.at));
  if (text.size() < 12) text.insert(0, 12 - text.size(), ' ');
  text += ' ' + from.name_of(record.host);
  if (record.kind == record_kind::note && record.peer != host_id::none) {
    text += " -> " + from.name_of(record.peer);
  }
  pad(text, 32);
  if (record.kind == record_kind::note) {
    text += record.word;
  } else if (is_frame(record)) {
    text += "frame";
  } else {
    text += to_string(record.kind);
  }
  pad(text, 42);
  if (is_frame(record)) return text + frame_text(from, record);
  text += record.packet_id != 0 ? packet_text(from, record) : record.text;
  return text;
}

std::string to_json(const trace& from, const trace_record& record) {
  std::string out = "{\"number\":" + std::to_string(record.number);
  append_member(out, "us", static_cast<std::uint64_t>(microseconds_since(from.start(), record.at)));
  append_member(out, "kind", to_string(record.kind));
  append_member(out, "host", from.name_of(record.host));
  if (record.peer != host_id::none) append_member(out, "peer", from.name_of(record.peer));
  if (record.packet_id != 0) {
    append_member(out, "packet", to_string(record.packet));
    append_member(out, "id", record.packet_id);
    append_member(out, "from", to_string(record.from));
    append_member(out, "to", to_string(record.to));
    append_member(out, "bytes", record.size);
    if (record.fin) out += ",\"fin\":true";
  }
  if (!record.word.empty()) append_member(out, "word", record.word);
  if (is_frame(record)) append_member(out, "bytes", record.size);
  if (!record.text.empty()) append_member(out, "text", record.text);
  out += '}';
  return out;
}

void write_text(std::ostream& out, const trace& from, const trace_filter& filter,
                std::size_t last) {
  write(out, from, filter, last, to_text);
}

void write_ndjson(std::ostream& out, const trace& from, const trace_filter& filter,
                  std::size_t last) {
  write(out, from, filter, last, to_json);
}

}  // namespace hobnob::sim

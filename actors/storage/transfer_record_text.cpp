#include "actors/storage/transfer_record_text.hpp"

#include <algorithm>
#include <charconv>
#include <concepts>
#include <utility>

namespace hobnob {
namespace {

constexpr std::string_view record_title = "hobnob-transfer 1\n";
constexpr std::size_t range_text_size_max = 48;

/// FNV-1a, 64 bits: tells a file that was cut or mixed up.
std::uint64_t record_checksum(std::string_view text) {
  std::uint64_t sum = 0xCBF2'9CE4'8422'2325;
  for (const char c : text) sum = (sum ^ static_cast<unsigned char>(c)) * 0x100'0000'01B3;
  return sum;
}

/// A value stays on its line, whatever is in the name of a file.
std::string escaped_value(std::string_view value) {
  std::string result;
  for (const char c : value) {
    if (c == '\\') {
      result += "\\\\";
    } else if (c == '\n') {
      result += "\\n";
    } else {
      result += c;
    }
  }
  return result;
}

std::string unescaped_value(std::string_view value) {
  std::string result;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const bool escape = value[i] == '\\' && i + 1 < value.size();
    if (escape) ++i;
    result += escape && value[i] == 'n' ? '\n' : value[i];
  }
  return result;
}

template <std::integral Number>
bool parse_number(std::string_view text, Number& value) {
  const auto end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value);
  return read.ec == std::errc{} && read.ptr == end;
}

/// `first-end`.
bool parse_range(std::string_view text, core::block_set& into) {
  const auto dash = text.find('-');
  core::block_range range;
  if (dash == std::string_view::npos || !parse_number(text.substr(0, dash), range.first) ||
      !parse_number(text.substr(dash + 1), range.end)) {
    return false;
  }
  if (range.first >= range.end) return false;
  into.add(range);
  return true;
}

/// `file 1 1234 report.pdf`
bool parse_outermost(std::string_view text, std::vector<core::outermost_entry>& into) {
  const auto next_word = [&text] {
    const auto word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    return word;
  };
  core::outermost_entry entry;
  const auto kind = next_word();
  entry.kind = kind == "folder" ? core::entry_kind::folder : core::entry_kind::file;
  if (kind != "folder" && kind != "file") return false;
  if (!parse_number(next_word(), entry.files) || !parse_number(next_word(), entry.bytes))
    return false;
  entry.name = unescaped_value(text);
  into.push_back(std::move(entry));
  return true;
}

std::string outermost_text(const core::outermost_entry& entry) {
  const bool folder = entry.kind == core::entry_kind::folder;
  return (folder ? "folder " : "file ") + std::to_string(entry.files) + " " +
         std::to_string(entry.bytes) + " " + entry.name;
}

/// One line. False if the value cannot be; keys of later versions are passed over.
bool read_line(std::string_view key, std::string_view value, core::transfer_record& record) {
  if (key == "id") return parse_transfer_id(value, record.id);
  if (key == "manifest") return parse_transfer_id(value, record.manifest);
  if (key == "outermost") return parse_outermost(value, record.summary.outermost);
  if (key == "finished") return parse_range(value, record.finished);
  if (key == "entries") return parse_number(value, record.summary.entries);
  if (key == "files") return parse_number(value, record.summary.files);
  if (key == "bytes") return parse_number(value, record.summary.bytes);
  if (key == "holes") return parse_number(value, record.summary.holes);
  if (key == "limit") return parse_number(value, record.bytes_per_second);
  if (key == "omitted") return parse_number(value, record.omitted);
  if (key == "renamed") return parse_number(value, record.renamed);
  if (key == "expires") return parse_number(value, record.expires_ms);
  if (key == "direction") {
    record.direction = value == "sending" ? core::transfer_direction::sending
                                          : core::transfer_direction::receiving;
    return value == "sending" || value == "receiving";
  }
  if (key == "key") {
    const auto parsed = fingerprint::parse(value);
    if (parsed) record.key = *parsed;
    return parsed.has_value();
  }
  auto text = unescaped_value(value);
  if (key == "user")
    record.user = std::move(text);
  else if (key == "name")
    record.summary.name = std::move(text);
  else if (key == "note")
    record.note = std::move(text);
  else if (key == "state")
    record.state = std::move(text);
  else if (key == "detail")
    record.detail = std::move(text);
  else if (key == "conflicts")
    record.conflicts = std::move(text);
  else if (key == "folder")
    record.folder = std::move(text);
  else if (key == "source")
    record.sources.push_back(std::move(text));
  return true;
}

}  // namespace

std::string transfer_id_text(const core::transfer_id& id) {
  constexpr char digits[] = "0123456789abcdef";
  std::string result;
  for (const auto octet : id) {
    result += digits[octet >> 4];
    result += digits[octet & 15];
  }
  return result;
}

bool parse_transfer_id(std::string_view text, core::transfer_id& id) {
  core::transfer_id parsed{};
  if (text.size() != 2 * parsed.size()) return false;
  for (std::size_t i = 0; i < parsed.size(); ++i) {
    const char* const digits = text.data() + 2 * i;
    if (std::from_chars(digits, digits + 2, parsed[i], 16).ptr != digits + 2) return false;
  }
  if (transfer_id_text(parsed) != text) return false;
  id = parsed;
  return true;
}

std::string transfer_record_text(const core::transfer_record& record) {
  std::string text{record_title};
  const auto line = [&](std::string_view key, std::string_view value) {
    text.append(key).append(" ").append(escaped_value(value)).append("\n");
  };
  const bool sending = record.direction == core::transfer_direction::sending;
  line("id", transfer_id_text(record.id));
  line("direction", sending ? "sending" : "receiving");
  line("user", record.user);
  line("key", to_string(record.key));
  line("name", record.summary.name);
  line("entries", std::to_string(record.summary.entries));
  line("files", std::to_string(record.summary.files));
  line("bytes", std::to_string(record.summary.bytes));
  line("holes", std::to_string(record.summary.holes));
  for (const auto& entry : record.summary.outermost) line("outermost", outermost_text(entry));
  line("note", record.note);
  line("limit", std::to_string(record.bytes_per_second));
  line("omitted", std::to_string(record.omitted));
  line("renamed", std::to_string(record.renamed));
  line("manifest", transfer_id_text(record.manifest));
  line("state", record.state);
  if (!record.detail.empty()) line("detail", record.detail);
  line("conflicts", record.conflicts);
  line("folder", record.folder);
  line("expires", std::to_string(record.expires_ms));
  for (const auto& source : record.sources) line("source", source);
  for (const auto& range : record.finished.ranges()) {
    if (text.size() + 2 * range_text_size_max > transfer_record_size_max) break;
    line("finished", std::to_string(range.first) + "-" + std::to_string(range.end));
  }
  line("end", std::to_string(record_checksum(text)));
  return text;
}

core::checked<core::transfer_record> parse_transfer_record(std::string_view text) {
  using result = core::checked<core::transfer_record>;
  if (!text.starts_with(record_title)) return result::failure("it is of another version");
  core::transfer_record record;
  bool named = false;
  for (std::size_t begin = record_title.size(); begin < text.size();) {
    const auto end = text.find('\n', begin);
    const auto line = text.substr(begin, end - begin);
    const auto space = line.find(' ');
    if (end == std::string_view::npos || space == std::string_view::npos) break;
    const auto key = line.substr(0, space);
    const auto value = line.substr(space + 1);
    if (key == "end") {
      std::uint64_t sum = 0;
      const bool whole = parse_number(value, sum) && end + 1 == text.size() &&
                         sum == record_checksum(text.substr(0, begin));
      if (!whole || !named) return result::failure("it is damaged");
      return record;
    }
    if (!read_line(key, value, record)) return result::failure("it is damaged");
    named = named || key == "id";
    begin = end + 1;
  }
  return result::failure("it is not whole");
}

}  // namespace hobnob

#include "actors/transfer/transfer_words.hpp"

#include <algorithm>

namespace hobnob {
namespace {

constexpr std::string_view failed_word = "failed:";
constexpr std::size_t code_size_max = 32;

bool is_code(std::string_view text) {
  return !text.empty() && text.size() <= code_size_max &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || c == '-'; });
}

}  // namespace

std::string record_state(const transfer_info& info, bool accepted, bool paused) {
  if (info.state == transfer_state::done) return "done";
  if (info.state == transfer_state::failed) return std::string{failed_word} + info.code;
  if (!accepted) return "offered";
  return paused ? "paused" : "accepted";
}

transfer_info info_of(const core::transfer_record& record) {
  transfer_info info;
  info.id = record.id;
  info.direction = record.direction;
  info.user = record.user;
  info.key = record.key;
  info.summary = record.summary;
  info.note = record.note;
  info.omitted.count = record.omitted;
  info.renamed.count = record.renamed;
  if (record.state == "done") {
    info.state = transfer_state::done;
    info.files_done = record.summary.files;
    info.bytes_done = record.summary.bytes;
  } else if (record.state.starts_with(failed_word)) {
    info.state = transfer_state::failed;
    info.code = record.state.substr(failed_word.size());
    info.detail = record.detail;
  } else if (record.state == "paused") {
    info.state = transfer_state::paused;
    info.code = "here";
  } else if (record.state != "offered") {
    info.state = transfer_state::waiting;
    info.code = "no-link";
  }
  return info;
}

std::string code_from_there(std::string_view code) {
  return code == "cancelled" || !is_code(code) ? "cancelled-there" : std::string{code};
}

std::string code_for_there(std::string_view code) {
  return code == "cancelled-there" || !is_code(code) ? "cancelled" : std::string{code};
}

std::string without_folders(std::string_view detail) {
  std::string result;
  while (!detail.empty()) {
    // A path in quotation marks may have blanks in it.
    const bool quoted = detail.front() == '"';
    if (quoted) {
      result += '"';
      detail.remove_prefix(1);
    }
    const auto end = detail.find(quoted ? '"' : ' ');
    const auto part = detail.substr(0, end == detail.npos ? end : end + 1);
    result += part.starts_with('/') ? part.substr(part.rfind('/') + 1) : part;
    detail.remove_prefix(part.size());
  }
  return result;
}

std::string name_of_first(const std::vector<std::string>& sources) {
  if (sources.empty()) return {};
  const auto last = sources.front().find_last_not_of('/');
  const auto whole = sources.front().substr(0, last == std::string::npos ? 0 : last + 1);
  return whole.substr(whole.rfind('/') + 1);
}

std::string shortened(std::string_view text, std::size_t size_max) {
  if (text.size() <= size_max) return std::string{text};
  auto end = size_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return std::string{text.substr(0, end)};
}

}  // namespace hobnob

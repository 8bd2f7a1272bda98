#include "peer_main/transfer_words.hpp"

#include "actors/core/outermost_entries.hpp"
#include "actors/core/size_text.hpp"
#include "peer_main/terminal_columns.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdio>

namespace hobnob {
namespace {

constexpr std::size_t short_id_size = 8;
constexpr std::size_t name_columns_max = 28;

std::uint64_t amount(const event_fields& f, std::string_view key) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(0, f.number(key, 0)));
}

std::string short_id(const event_fields& f) { return f.raw("id").substr(0, short_id_size); }

bool is_sending(const event_fields& f) { return f.is("direction", "sending"); }

std::string to_or_from(const event_fields& f) {
  return (is_sending(f) ? " to " : " from ") + f.bold(f.text("user"));
}

/// ` and 2 more`; nothing if it has one name. Of very many not all are known by name.
std::string and_others(const event_fields& f) {
  const auto count = amount(f, "others");
  if (count == 0) return {};
  const auto* about = count + 1 < core::outermost_max ? " and " : " and at least ";
  return about + std::to_string(count) + " more";
}

/// `report.pdf (1.4 MiB)`, `photos (214 files, 1.0 GiB)`, `report.pdf and 2 more (3 files, 2.0
/// MiB)`
std::string what_it_is(const event_fields& f) {
  const auto name = f.bold(f.text("name")) + and_others(f);
  const auto files = amount(f, "files");
  const auto bytes = amount(f, "bytes");
  if (files == 0 && bytes == 0) return name;  // Not looked through, or folders alone.
  const auto count = files == 1 ? std::string{} : std::to_string(files) + " files, ";
  return name + " (" + count + core::shown_size(bytes) + ")";
}

/// What an offer names, where that is not the whole of it: a line each, and how much more there is.
std::string named_in_offer(const event_fields& f) {
  const auto& list = f.list("outermost");
  auto files = amount(f, "files"), bytes = amount(f, "bytes");
  std::string lines;
  for (const auto& each : list) {
    if (!each.is_object()) continue;
    const event_fields item{each.get_object(), false};
    const bool folder = item.flag("folder");
    lines += "\n    " + item.text("name") + (folder ? "/  " : "  ");
    if (folder) lines += std::to_string(amount(item, "files")) + " files, ";
    lines += core::shown_size(amount(item, "bytes"));
    files -= std::min(files, amount(item, "files"));
    bytes -= std::min(bytes, amount(item, "bytes"));
  }
  const bool is_all = files == 0 && bytes == 0;
  if (list.size() == 1 && is_all && list[0].is_object() &&
      event_fields{list[0].get_object(), false}.raw("name") == f.raw("name"))
    return {};
  if (!lines.empty() && !is_all)
    lines += "\n    and " + std::to_string(files) + " more, " + core::shown_size(bytes);
  return lines;
}

/// `3:07`, `1:02:09`
std::string time_left(std::uint64_t seconds) {
  char text[32];
  const auto part = [](std::uint64_t value) { return static_cast<unsigned>(value % 60); };
  if (seconds < 3600)
    std::snprintf(text, sizeof text, "%u:%02u", part(seconds / 60), part(seconds));
  else
    std::snprintf(text, sizeof text, "%llu:%02u:%02u",
                  static_cast<unsigned long long>(seconds / 3600), part(seconds / 60),
                  part(seconds));
  return text;
}

unsigned percent_of(const event_fields& f) {
  const auto total = amount(f, "bytes");
  if (total == 0) return 0;
  const auto share = static_cast<double>(amount(f, "bytes_done")) / static_cast<double>(total);
  return static_cast<unsigned>(std::min(share, 1.0) * 100);
}

/// `, 12 %`; nothing as long as no part of it is known to be there.
std::string share_done(const event_fields& f, std::string_view before) {
  if (amount(f, "bytes_done") == 0) return {};
  return std::string{before} + std::to_string(percent_of(f)) + " %";
}

/// Why it does not move, as the codes have it; else what the code says by itself.
std::string why(const event_fields& f) {
  const auto code = f.raw("code");
  if (code == "no-link") return "no link to " + f.text("user") + " at present";
  if (code == "here") return "paused here";
  if (code == "there") return "paused by " + f.text("user");
  const auto detail = f.text("detail");
  return detail.empty() ? code : detail + " [" + code + "]";
}

std::string counted_files(std::uint64_t count) {
  return std::to_string(count) + (count == 1 ? " file" : " files");
}

/// What was left out, a line each, as far as it is named.
std::string omitted_lines(const event_fields& f) {
  auto left = amount(f, "omitted");
  if (left == 0) return {};
  auto lines =
      "\n    " + f.yellow((is_sending(f) ? "left out: " : "not taken: ") + std::to_string(left));
  for (const auto& each : f.list("omitted_first")) {
    if (!each.is_object()) continue;
    const event_fields item{each.get_object(), false};
    lines += "\n      " + item.text("path") + " (" + item.text("reason") + ")";
    --left;
  }
  return left > 0 && !f.list("omitted_first").empty()
             ? lines + "\n      and " + std::to_string(left) + " more"
             : lines;
}

/// What has another name here than there, a line each, without what `stored` shows already.
std::string renamed_lines(const event_fields& f) {
  const auto& places = f.list("stored");
  auto count = amount(f, "renamed");
  std::uint64_t named = 0;
  std::string lines;
  for (const auto& each : f.list("renamed_first")) {
    if (!each.is_object() || count == 0) continue;
    const event_fields item{each.get_object(), false};
    const boost::json::value place(item.raw("path"));
    if (std::find(places.begin(), places.end(), place) != places.end()) {
      --count;
      continue;
    }
    lines += "\n      " + item.text("path") + " (offered as " + item.text("name") + ")";
    ++named;
  }
  if (count == 0) return {};
  if (named > 0 && named < count) lines += "\n      and " + std::to_string(count - named) + " more";
  return "\n    " + f.yellow("under another name: " + std::to_string(count)) + lines;
}

std::string path_words(const event_fields& f) {
  const auto path = f.raw("path");
  if (path == "none" || path.empty()) return {};
  return path == "circuit" ? "through the relay" : "direct, " + path;
}

}  // namespace

shown_event transfer_offer_words(const event_fields& f) {
  const auto id = short_id(f);
  const auto note = f.text("note");
  return {word_kind::notice, f.bold(f.text("user")) + f.yellow(" offers ") + what_it_is(f) +
                                 (note.empty() ? std::string{} : ": " + note) + named_in_offer(f) +
                                 "\n    /accept " + id + " takes it, " + "/reject " + id +
                                 " does not (beside this program: peer_main accept " + id + ")"};
}

shown_event transfer_progress_words(const event_fields& f) {
  const auto state = f.raw("state");
  const auto what = what_it_is(f) + to_or_from(f);
  const auto reason = why(f);
  const auto tail = reason.empty() ? std::string{} : ": " + reason;
  if (state == "offered") {
    const auto omitted = amount(f, "omitted");
    const auto renamed = amount(f, "renamed");
    return {
        word_kind::notice,
        "offered " + what +
            (omitted > 0 ? f.yellow(", " + std::to_string(omitted) + " left out") : "") +
            (renamed > 0 ? f.yellow(", " + std::to_string(renamed) + " under another name") : "")};
  }
  if (state == "queued") return {word_kind::notice, "queued " + what};
  if (state == "verifying" && amount(f, "files") == 0) return {};  // Not even looked through.
  if (state == "verifying") return {word_kind::notice, f.dim("comparing " + what)};
  if (state == "waiting") return {word_kind::notice, f.yellow("waiting") + ", " + what + tail};
  if (state == "paused") return {word_kind::notice, f.yellow("paused") + ", " + what + tail};
  const auto way = path_words(f);
  const auto verb = is_sending(f) ? "sending " : "receiving ";
  return {word_kind::notice,
          verb + what + (way.empty() ? "" : f.dim(", " + way)) + share_done(f, ", ")};
}

shown_event transfer_done_words(const event_fields& f) {
  if (is_sending(f)) {
    const auto there = amount(f, "omitted_there");
    const auto kept =
        there > 0 ? "\n    " + f.yellow("not taken by " + f.text("user") + ": " +
                                        counted_files(there) + ", it has others of these names")
                  : std::string{};
    return {word_kind::notice, f.green("sent ") + what_it_is(f) + to_or_from(f) + ", verified" +
                                   kept + omitted_lines(f) + renamed_lines(f)};
  }
  std::string places;
  for (const auto& place : f.list("stored")) {
    if (place.is_string())
      places += "\n    " + core::sanitise_line(std::string_view{place.get_string()});
  }
  return {word_kind::notice, f.green("received ") + what_it_is(f) + to_or_from(f) + places +
                                 omitted_lines(f) + renamed_lines(f)};
}

shown_event transfer_failed_words(const event_fields& f) {
  return {word_kind::warning, f.red(is_sending(f) ? "not sent: " : "not received: ") +
                                  what_it_is(f) + to_or_from(f) + f.tail("detail") + " [" +
                                  f.text("code") + "]"};
}

shown_event transfer_row_words(const event_fields& f) {
  auto line = short_id(f) + "  " + f.text("state");
  if (f.is("state", "running") || f.is("state", "paused") || f.is("state", "waiting"))
    line += share_done(f, " ");
  line += "  " + what_it_is(f) + to_or_from(f);
  if (f.is("state", "running")) {
    line += "  " + core::shown_size(amount(f, "bytes_per_second")) + "/s";
    if (const auto way = path_words(f); !way.empty()) line += f.dim("  " + way);
  }
  if (const auto reason = why(f); !reason.empty()) line += "  " + reason;
  return {word_kind::data, line};
}

shown_event transfer_order_words(const event_fields& f) {
  return {word_kind::notice, f.text("order") + ": " + what_it_is(f) + to_or_from(f)};
}

shown_event transfers_words(const event_fields& f) {
  if (f.number("transfers", 0) > 0) return {};
  return {word_kind::notice, "no transfers"};
}

std::string progress_line(const event_fields& f, std::size_t columns) {
  const auto total = amount(f, "bytes");
  const auto done = std::min(amount(f, "bytes_done"), total);
  const auto rate = amount(f, "bytes_per_second");
  char numbers[64];
  std::snprintf(numbers, sizeof numbers, " %3u %% %12s/s", percent_of(f),
                core::shown_size(rate).c_str());
  std::string tail = numbers;
  tail += rate > 0 ? "  " + time_left((total - done) / rate) : std::string{};
  const auto path = f.raw("path");
  if (path != "none") tail += "  " + path;
  const auto tail_columns = static_cast<std::size_t>(columns_of(tail));
  if (columns <= tail_columns) return cut_to_columns(tail, columns);
  const auto name = cut_to_columns(
      f.text("name") + and_others(f) + (is_sending(f) ? " > " : " < ") + f.text("user"),
      std::min(name_columns_max, columns - tail_columns));
  constexpr std::size_t frame = 3, bar_min = 10, bar_max = 40;
  const auto used = static_cast<std::size_t>(columns_of(name)) + frame + tail_columns;
  if (columns < used + bar_min) return name + tail;
  const auto width = std::min(bar_max, columns - used);
  const auto share = total == 0 ? 0 : static_cast<double>(done) / static_cast<double>(total);
  const auto filled = static_cast<std::size_t>(share * static_cast<double>(width));
  return name + " [" + std::string(filled, '#') + std::string(width - filled, '.') + "]" + tail;
}

}  // namespace hobnob

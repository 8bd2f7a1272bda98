#include "peer_main/words.hpp"

#include "actors/core/sanitise.hpp"
#include "peer_main/event_fields.hpp"
#include "peer_main/transfer_words.hpp"

#include <cstdint>
#include <cstdio>
#include <functional>
#include <map>
#include <string_view>

namespace hobnob {
namespace {

using fields = event_fields;

std::string grouped(std::string_view letters) {
  std::string out;
  for (std::size_t i = 0; i < letters.size(); i += 4) {
    if (i > 0) out += '-';
    out += letters.substr(i, 4);
  }
  return out;
}

/// 850 us, 1.4 ms, 2.3 s
std::string in_time(std::int64_t us) {
  char text[32];
  if (us < 1000)
    std::snprintf(text, sizeof text, "%lld us", static_cast<long long>(us));
  else if (us < 1'000'000)
    std::snprintf(text, sizeof text, "%.1f ms", static_cast<double>(us) / 1e3);
  else
    std::snprintf(text, sizeof text, "%.1f s", static_cast<double>(us) / 1e6);
  return text;
}

std::string by_path(const std::string& path) {
  if (path == "relay") return "through the relay";
  if (path == "none" || path.empty()) return "no way";
  return "direct (" + path + ")";
}

shown_event session(const fields& f) {
  const auto state = f.raw("state");
  if (state == "online")
    return {word_kind::notice, f.green("online") + f.tail("observed", ", seen as ")};
  if (state == "connecting") return {word_kind::notice, f.dim("connecting to the relay")};
  if (state == "waiting") {
    const auto retry = f.number("retry_in_ms");
    const auto when = retry >= 0 ? "; next try in " + in_time(retry * 1000) : std::string{};
    return {word_kind::notice, f.yellow("no relay") + f.tail("detail") + when};
  }
  // The error that follows says why it was refused or replaced.
  return {};
}

shown_event presence_words(const fields& f) {
  const auto user = f.bold(f.text("user"));
  if (const auto count = f.number("messages_refused", 0); count > 0) {
    return {word_kind::warning,
            f.red("WARNING: " + std::to_string(count) + (count == 1 ? " message" : " messages") +
                  " under another key of " + f.text("user") + " than the one known") +
                ": refused, not shown. `peer_main verify " + f.text("user") +
                "`, or /verify here, compares and accepts it"};
  }
  if (f.flag("key_changed") && !f.is("state", "offline")) {
    return {word_kind::warning,
            f.red("WARNING: " + f.text("user") + " shows another key than the one known") +
                ", as somebody else would. Nothing is sent before you compare and accept it: see "
                "`peer_main verify " +
                f.text("user") + "`, or /verify here"};
  }
  if (f.is("state", "online")) {
    const auto key = grouped(f.text("fingerprint").substr(0, 16));
    return {word_kind::notice, user + " is online" + f.dim(", key " + key + "...")};
  }
  if (f.is("state", "suspect")) return {word_kind::notice, user + " has gone silent"};
  return {word_kind::notice, user + " is offline" + f.tail("reason", " (") + ")"};
}

shown_event link(const fields& f) {
  const auto user = f.bold(f.text("user"));
  if (f.is("state", "up")) {
    const auto how = f.flag("dialled") ? " to " : " from ";
    return {word_kind::notice,
            user + f.green(" linked") + how + f.text("remote") + " (" + f.text("path") + ")"};
  }
  if (f.is("state", "suspect")) return {word_kind::notice, "the link to " + user + " is silent"};
  return {word_kind::notice,
          "the link to " + user + " is gone (" + f.text("reason") + ")" + f.tail("detail")};
}

/// A text of several lines cannot pretend that one of them is a message of somebody else.
std::string with_indented_lines(const std::string& text) {
  std::string out;
  for (const char c : text) {
    out += c;
    if (c == '\n') out += "    ";
  }
  return out;
}

shown_event message(const fields& f) {
  const auto mark = f.is("path", "relay") ? f.yellow("~") : f.green("=");
  const auto gap =
      f.flag("after_gap") ? f.yellow(" [earlier messages are missing]") : std::string{};
  return {word_kind::data, mark + " " + f.bold(f.text("from")) + gap + ": " +
                               with_indented_lines(core::sanitise_text(f.raw("text")))};
}

shown_event progress(const fields& f) {
  const auto to = f.text("to");
  if (f.is("state", "delivered"))
    return {word_kind::notice, f.dim("delivered to " + to + " " + by_path(f.raw("path")))};
  if (f.is("state", "failed"))
    return {word_kind::warning,
            f.red("not delivered to " + to) + f.tail("detail") + " [" + f.text("code") + "]"};
  return {};
}

std::string attempt_words(const boost::json::value& value) {
  if (!value.is_object()) return {};
  const fields f{value.get_object(), false};
  const auto error = f.text("error");
  return "\n    tried " + f.text("address") + ": " + (error.empty() ? "under way" : error);
}

shown_event user(const fields& f) {
  auto line = f.bold(f.text("user"));
  line += f.is("state", "suspect")   ? f.yellow("  silent")
          : f.is("state", "offline") ? f.dim("  offline")
                                     : "";
  const auto path = f.raw("path");
  line += "  " + (path == "relay" ? f.yellow(by_path(path)) : f.green(by_path(path)));
  line += f.tail("remote", "  ");
  if (const auto ms = f.number("round_trip_ms"); ms >= 0) line += "  " + std::to_string(ms) + " ms";
  if (f.flag("key_changed"))
    line += f.red("  ITS KEY HAS CHANGED: /verify " + f.text("user"));
  else if (!f.flag("verified"))
    line += f.dim("  unverified " + f.raw("fingerprint").substr(0, 4));
  if (const auto why = f.text("why_not_direct"); !why.empty()) {
    line += "\n    not direct: " + why;
    for (const auto& attempt : f.list("attempts")) line += attempt_words(attempt);
    if (const auto retry = f.number("retry_in_ms"); retry >= 0)
      line += "\n    next try in " + in_time(retry * 1000);
  }
  return {word_kind::data, line};
}

shown_event who(const fields& f) {
  if (f.number("users", 0) > 0) return {};
  return {word_kind::notice, "nobody else is online"};
}

shown_event status(const fields& f) {
  std::string text = "user      " + f.text("user") + "\nkey       " +
                     grouped(f.text("fingerprint")) + "\nrelay     " + f.text("relay") +
                     "\nsession   " + f.text("session") + f.tail("detail") +
                     f.tail("observed", ", seen as ") + "\nlistening ";
  for (const auto& place : f.list("listening"))
    if (place.is_string()) text += core::sanitise_line(std::string_view{place.get_string()}) + " ";
  text += "\nlinks     " + std::to_string(f.number("links", 0)) + "\nwaiting   " +
          std::to_string(f.number("messages_waiting", 0)) + " messages\nrunning   " +
          in_time(f.number("uptime_ms", 0) * 1000);
  return {word_kind::data, text};
}

shown_event ping(const fields& f) {
  if (const auto us = f.number("round_trip_us"); us >= 0)
    return {word_kind::data, f.text("user") + ": " + in_time(us) + " " + by_path(f.raw("path")) +
                                 f.tail("remote", ", ")};
  return {};  // The error that follows says why.
}

shown_event verify(const fields& f) {
  const auto user = f.text("user");
  std::string text = user + (f.flag("verified") ? " is verified" : " is not verified yet");
  if (!f.raw("pinned").empty()) text += "\nknown key    " + grouped(f.text("pinned"));
  if (f.flag("key_changed"))
    text += f.red("\noffered key  ") + grouped(f.text("offered")) +
            "\nThe key has changed: somebody else, or a new machine? Ask " + user +
            " by another way. To trust it: verify " + user + " --accept";
  if (!f.raw("safety_words").empty())
    text += "\nsafety words " + f.bold(f.text("safety_words")) + "\nNobody is in between if " +
            user + " sees the same words.";
  return {word_kind::data, text};
}

shown_event ready(const fields& f) {
  return {word_kind::notice,
          "you are " + f.bold(f.text("user")) + ", key " + grouped(f.text("fingerprint"))};
}

shown_event relay_pinned(const fields& f) {
  return {word_kind::warning, f.yellow("first contact with the relay at " + f.text("address")) +
                                  ": its key is trusted from now on\n    " +
                                  grouped(f.text("fingerprint"))};
}

shown_event id(const fields& f) {
  std::string text = f.text("user");
  if (!text.empty()) text += "\n";
  text += grouped(f.text("fingerprint"));
  if (!f.raw("relay").empty()) text += "\nat " + f.text("relay");
  return {word_kind::data, text};
}

shown_event error(const fields& f) {
  return {word_kind::warning, f.red("error: ") + f.text("detail") + " [" + f.text("code") + "]"};
}

}  // namespace

shown_event in_words(const event_object& event, bool colours) {
  static const std::map<std::string, shown_event (*)(const fields&), std::less<>> words{
      {"session", session},
      {"presence", presence_words},
      {"link", link},
      {"message", message},
      {"progress", progress},
      {"user", user},
      {"who", who},
      {"status", status},
      {"ping", ping},
      {"verify", verify},
      {"ready", ready},
      {"relay-pinned", relay_pinned},
      {"id", id},
      {"error", error},
      {"transfer-offer", transfer_offer_words},
      {"transfer-progress", transfer_progress_words},
      {"transfer-done", transfer_done_words},
      {"transfer-failed", transfer_failed_words},
      {"transfer", transfer_row_words},
      {"transfer-order", transfer_order_words},
      {"transfers", transfers_words},
      {"notice",
       [](const fields& f) {
         return shown_event{word_kind::notice, f.yellow(f.text("detail"))};
       }},
      {"help",
       [](const fields& f) {
         return shown_event{word_kind::notice, core::sanitise_text(f.raw("text"))};
       }},
      {"application", [](const fields& f) {
         return shown_event{word_kind::notice, f.text("from") + " sent " +
                                                   std::to_string(f.number("size", 0)) +
                                                   " bytes on channel " + f.text("channel")};
       }}};
  const fields f{event, colours};
  const auto found = words.find(f.raw("event"));
  return found == words.end() ? shown_event{} : found->second(f);
}

}  // namespace hobnob

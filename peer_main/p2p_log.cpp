#include "peer_main/p2p_log.hpp"

#include "actors/core/sanitise.hpp"
#include "peer_main/events.hpp"

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <algorithm>
#include <cerrno>
#include <ctime>
#include <system_error>
#include <utility>

namespace hobnob {
namespace {

constexpr std::size_t backlog_max = 4 * 1024 * 1024;
constexpr std::size_t content_max = 32 * 1024;

/// ` key=value`, the value quoted where it needs to be.
std::string field(std::string_view key, std::string_view value) {
  const bool plain = !value.empty() && std::all_of(value.begin(), value.end(), [](char c) {
    return c > ' ' && c < 0x7F && c != '"' && c != '\\' && c != '=';
  });
  return " " + std::string{key} + "=" +
         (plain ? std::string{value} : core::quoted(value, content_max));
}

std::string field_unless_empty(std::string_view key, std::string_view value) {
  return value.empty() ? std::string{} : field(key, value);
}

std::string route(path_kind path) {
  if (path == path_kind::none) return {};
  return field("by", path == path_kind::relay ? "relay" : "link") + field("path", to_string(path));
}

/// Once; how many lines were lost stands in the file itself as soon as it takes some again.
void warn_of_holes(std::error_code why) {
  spdlog::warn("the P2P log cannot be written: {}; lines are lost until it can", why.message());
}

}  // namespace

core::checked<std::unique_ptr<p2p_log>> p2p_log::open(const std::filesystem::path& file,
                                                      bool content,
                                                      std::function<std::int64_t()> wall_ms) {
  owned_fd fd{::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0600)};
  if (!fd) {
    return core::checked<std::unique_ptr<p2p_log>>::failure(
        "cannot open the P2P log " + file.string() + ": " + std::generic_category().message(errno));
  }
  return std::make_unique<p2p_log>(std::move(fd), content, std::move(wall_ms));
}

p2p_log::p2p_log(owned_fd file, bool content, std::function<std::int64_t()> wall_ms)
    : file_(std::move(file)),
      content_(content),
      wall_ms_(std::move(wall_ms)),
      writer_(file_.get(),
              {.bytes_max = backlog_max, .drop_when_full = true, .on_failure = warn_of_holes}) {}

void p2p_log::add(const session_changed& news) {
  write("session " + std::string{to_string(news.state)} + field_unless_empty("code", news.code) +
        field_unless_empty("detail", news.detail));
}

void p2p_log::add(const link_changed& news) {
  auto line = "link " + std::string{to_string(news.state)} + field("user", news.user) +
              field("path", to_string(news.path)) + field("remote", to_string(news.remote)) +
              field("opened-by", news.dialled ? "us" : "them");
  if (news.state == link_state::down) line += field("reason", to_string(news.reason));
  write(line + field_unless_empty("detail", news.detail));
}

void p2p_log::add(const text_received& news) {
  auto line = "message received" + field("from", news.from) + field("id", to_string(news.id)) +
              field("size", std::to_string(news.text.size())) + route(news.path);
  if (content_) line += field("text", news.text);
  write(line);
}

void p2p_log::add(const application_message_received& news) {
  write("message received" + field("from", news.from) + field("id", to_string(news.id)) +
        field("size", std::to_string(news.content.size())) + route(news.path) +
        field("channel", news.channel));
}

void p2p_log::add(const message_progress& news) {
  if (news.state == message_state::queued) return;  // On no path yet.
  write("message " + std::string{to_string(news.state)} + field("to", news.to) +
        field("id", to_string(news.id)) + field("size", std::to_string(news.size)) +
        route(news.path) + field_unless_empty("code", news.code) +
        field_unless_empty("detail", news.detail));
}

void p2p_log::add_text(const message_id& id, std::string_view text) {
  if (content_) write("message text" + field("id", to_string(id)) + field("text", text));
}

void p2p_log::write(const std::string& line) {
  writer_.write(utc_text(wall_ms_()) + " " + line + "\n");
}

std::string utc_text(std::int64_t unix_ms) {
  const auto seconds = static_cast<std::time_t>(unix_ms / 1000);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  char text[48];
  const auto size = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
  const auto fraction = std::to_string(1000 + unix_ms % 1000);
  return std::string{text, size} + "." + fraction.substr(1) + "Z";
}

}  // namespace hobnob

// What a transfer says to the other side, and tells its desk.

#include "actors/transfer/file_transfer_state.hpp"
#include "actors/transfer/transfer_frame.hpp"
#include "actors/transfer/transfer_words.hpp"
#include "transport/wire/transfer.pb.h"

#include <utility>

namespace hobnob {
namespace {

constexpr std::size_t said_detail_max = 200;
constexpr std::size_t kept_detail_max = 1000;

/// How long a transfer that has ended is remembered.
constexpr std::chrono::milliseconds ended_kept = std::chrono::hours{24 * 7};

}  // namespace

// --- To the desk ---

transfer_state file_transfer_state::present_state(std::string& code, std::string& detail) const {
  if (const auto own = own_state()) return *own;
  if (fault) {
    code = fault->code;
    detail = fault->detail;
    return transfer_state::waiting;
  }
  if (paused) {
    code = "here";
    return transfer_state::paused;
  }
  if (!link.connection) {
    code = "no-link";
    detail = "there is no link to the other side";
    return transfer_state::waiting;
  }
  if (held_there == "paused") {
    code = "there";
    return transfer_state::paused;
  }
  if (in_queue || held_there == "queued") return transfer_state::queued;
  if (!held_there.empty()) {
    code = held_there;
    detail = held_there_detail;
    return transfer_state::waiting;
  }
  return quiet_state();
}

void file_transfer_state::tell() {
  std::string code, detail;
  const auto state = present_state(code, detail);
  if (config.link_coming && code == "no-link") return;
  const bool news = !told_once_ || state != info.state || code != info.code || record_changed;
  info.state = state;
  info.code = std::move(code);
  info.detail = std::move(detail);
  if (news) send_told();
}

void file_transfer_state::tell_progress() {
  if (over) return;
  if (info.bytes_done != told_bytes_ || info.files_done != told_files_ ||
      info.bytes_per_second != told_rate_)
    send_told();
}

void file_transfer_state::send_told() {
  transfer_told news;
  news.info = info;
  news.expires_ms = accepted ? 0 : record.expires_ms;
  if (std::exchange(record_changed, false)) {
    record.user = info.user;
    record.summary = info.summary;
    record.state = record_state(info, accepted, paused);
    record.detail = info.state == transfer_state::failed ? shortened(info.detail, kept_detail_max)
                                                         : std::string{};
    auto kept = record;
    if (is_final(info.state)) {
      kept.finished = {};
      kept.expires_ms = config.wall_ms() + ended_kept.count();
    } else if (accepted) {
      kept.expires_ms = 0;
    }
    news.record = std::make_shared<const core::transfer_record>(std::move(kept));
  }
  told_once_ = true;
  told_bytes_ = info.bytes_done;
  told_files_ = info.files_done;
  told_rate_ = info.bytes_per_second;
  self->send(desk, std::move(news));
}

// --- To the other side ---

void file_transfer_state::say_hold() {
  if (!link.connection || !has_spoken()) return;
  const std::string word = paused ? "paused" : fault ? fault->code : in_queue ? "queued" : "";
  if (word == hold_said) return;
  auto message = transfer_message(record.id);
  auto& hold = *message.mutable_hold();
  hold.set_held(!word.empty());
  hold.set_code(word);
  if (!paused && fault) hold.set_detail(shortened(without_folders(fault->detail), said_detail_max));
  hold_said = word;
  say(message);
}

void file_transfer_state::say_end(const std::string& code, const std::string& detail) {
  auto message = transfer_message(record.id);
  message.mutable_end()->set_code(code);
  message.mutable_end()->set_detail(shortened(without_folders(detail), said_detail_max));
  say(message);
}

shared_slice file_transfer_state::encode(const wire::Transfer& message) {
  return encode_transfer(message);
}

send_status file_transfer_state::say(shared_slice payload, frame_priority priority) {
  if (!link.connection) return send_status::closed;
  const auto status =
      link.connection->send(outgoing_frame{frame_type::transfer, priority, {}, std::move(payload)});
  if (status == send_status::overflow)
    link.connection->close({close_reason::overflow, "too much waits to be sent"});
  return status;
}

}  // namespace hobnob

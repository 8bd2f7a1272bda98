#pragma once

#include "actors/core/checked.hpp"
#include "actors/messages.hpp"
#include "actors/storage/bounded_writer.hpp"

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace hobnob {

/// The file to look at when one wants to see peer-to-peer happen: one line for every link that
/// comes and goes, and for every message with its path. Never the text itself, unless asked for.
///
///     2026-05-04T09:30:12.512Z link up user=bob path=lan remote=10.0.0.7:40112 opened-by=us
///     2026-05-04T09:30:14.031Z message sent to=bob id=9f2c... size=12 by=link path=lan
///     2026-05-04T09:30:14.033Z message delivered to=bob id=9f2c... by=link path=lan
///     2026-05-04T09:31:02.775Z link down user=bob path=lan remote=10.0.0.7:40112 reason=reset
///
/// Values with blanks or odd characters stand in double quotes. Written by a thread of its own;
/// lines beyond 4 MiB of backlog, and those that could not be written (a full disk: a warning is
/// logged, and it is tried again), are dropped and counted in the file.
class p2p_log {
 public:
  /// Appends to `file`, which is made readable by its owner only. `wall_ms` tells the Unix time in
  /// milliseconds.
  static core::checked<std::unique_ptr<p2p_log>> open(const std::filesystem::path& file,
                                                      bool content,
                                                      std::function<std::int64_t()> wall_ms);

  p2p_log(owned_fd file, bool content, std::function<std::int64_t()> wall_ms);

  void add(const session_changed& news);
  void add(const link_changed& news);
  void add(const text_received& news);
  void add(const application_message_received& news);
  void add(const message_progress& news);

  /// What is about to be sent; needed only where content is logged.
  void add_text(const message_id& id, std::string_view text);

 private:
  void write(const std::string& line);

  owned_fd file_;
  bool content_;
  std::function<std::int64_t()> wall_ms_;
  bounded_writer writer_;
};

/// `2026-05-04T09:30:12.512Z` (ISO 8601, UTC).
std::string utc_text(std::int64_t unix_ms);

}  // namespace hobnob

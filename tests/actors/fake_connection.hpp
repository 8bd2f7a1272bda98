#pragma once

#include "transport/connection_handle.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace hobnob::test {

/// A connection without a network: keeps what is sent, and lets a test decide how sending goes and
/// when something was last heard. For actors that run on the test's own thread.
class fake_connection : public connection_handle {
 public:
  struct sent_frame {
    frame_type type{};
    frame_priority priority{};
    bytes payload;  ///< Head and body.
  };

  explicit fake_connection(connection_info info = {}) : info_(std::move(info)) {}

  // --- What the test sets ---

  send_status status = send_status::sent;  ///< The answer to every `send`; `overflow` and `closed`
                                           ///< keep nothing.
  std::chrono::steady_clock::time_point heard{};
  std::chrono::microseconds measured{-1};

  // --- What the test looks at ---

  std::vector<sent_frame> sent;
  std::size_t acknowledged = 0;
  bool authenticated = false;
  std::optional<close_info> closed;

  std::size_t count(frame_type type) const {
    return static_cast<std::size_t>(std::count_if(
        sent.begin(), sent.end(), [&](const sent_frame& f) { return f.type == type; }));
  }

  // --- connection_handle ---

  const connection_info& info() const noexcept override { return info_; }

  send_status send(const outgoing_frame& frame) override {
    if (closed) return send_status::closed;
    if (status == send_status::overflow || status == send_status::closed) return status;
    sent_frame kept{frame.type, frame.priority, bytes(frame.head.begin(), frame.head.end())};
    const auto body = frame.body.view();
    kept.payload.insert(kept.payload.end(), body.begin(), body.end());
    sent.push_back(std::move(kept));
    return status;
  }

  send_status send(std::span<const outgoing_frame> frames) override {
    auto worst = send_status::sent;
    for (const auto& frame : frames) worst = std::max(worst, send(frame));
    return worst;
  }

  void acknowledge(std::size_t count) override { acknowledged += count; }
  void set_authenticated() override { authenticated = true; }

  void close(close_info why) override {
    if (!closed) closed = std::move(why);
  }

  std::chrono::steady_clock::time_point last_received() const noexcept override { return heard; }
  std::chrono::microseconds round_trip() const noexcept override { return measured; }
  void note_round_trip(std::chrono::microseconds took) noexcept override { measured = took; }
  std::size_t queued_bytes() const noexcept override { return 0; }
  std::uint64_t bytes_sent() const noexcept override { return 0; }
  std::uint64_t bytes_received() const noexcept override { return 0; }

 private:
  connection_info info_;
};

/// A batch as one read would bring it.
inline std::shared_ptr<const frame_batch> make_batch(
    const std::vector<std::pair<frame_type, bytes>>& frames) {
  bytes buffer;
  std::vector<frame_batch::entry> entries;
  for (const auto& [type, payload] : frames) {
    buffer.resize(buffer.size() + frame_header_size);
    entries.push_back({type, static_cast<std::uint32_t>(buffer.size()),
                       static_cast<std::uint32_t>(payload.size())});
    buffer.insert(buffer.end(), payload.begin(), payload.end());
  }
  return std::make_shared<const frame_batch>(shared_slice::of(std::move(buffer)),
                                             std::move(entries));
}

inline bytes to_bytes(std::string_view text) {
  const auto view = as_byte_view(text);
  return {view.begin(), view.end()};
}

}  // namespace hobnob::test

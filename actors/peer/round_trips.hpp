#pragma once

#include "actors/messages.hpp"

#include <caf/typed_response_promise.hpp>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace hobnob {

/// The `ping_user` requests under way on one path. A ping carries a token of ours; the answer to
/// the request is given when the token comes back, when its time is up or when the path ends.
class round_trips {
 public:
  using time_point = std::chrono::steady_clock::time_point;
  using promise = caf::typed_response_promise<ping_result>;

  static constexpr std::chrono::milliseconds timeout{5000};

  /// The token to send, never 0.
  std::uint64_t begin(promise answer, ping_result on_success, time_point now);

  /// How long it took; nothing if it is not one of ours.
  std::optional<std::chrono::microseconds> returned(std::uint64_t token, time_point now);

  /// To be called `timeout` after `begin`.
  void expired(std::uint64_t token);

  /// The path has ended.
  void abandon();

  static std::array<std::byte, 8> encode(std::uint64_t token);
  static std::uint64_t decode(byte_view payload);  ///< 0 if it is no token.

 private:
  struct entry {
    promise answer;
    ping_result result;
    time_point sent;
  };

  static void fail(entry& failed, std::string code, std::string detail);

  std::map<std::uint64_t, entry> open_;
  std::uint64_t last_token_ = 0;
};

}  // namespace hobnob

#include "actors/peer/round_trips.hpp"

#include <utility>

namespace hobnob {

std::uint64_t round_trips::begin(promise answer, ping_result on_success, time_point now) {
  const auto token = ++last_token_;
  open_.emplace(token, entry{std::move(answer), std::move(on_success), now});
  return token;
}

std::optional<std::chrono::microseconds> round_trips::returned(std::uint64_t token,
                                                               time_point now) {
  auto found = open_.extract(token);
  if (found.empty()) return std::nullopt;
  auto& done = found.mapped();
  const auto took = std::chrono::duration_cast<std::chrono::microseconds>(now - done.sent);
  done.result.round_trip = took;
  done.answer.deliver(std::move(done.result));
  return took;
}

void round_trips::expired(std::uint64_t token) {
  auto found = open_.extract(token);
  if (!found.empty()) fail(found.mapped(), "timeout", "no answer");
}

void round_trips::abandon() {
  for (auto& [token, entry] : open_)
    fail(entry, "timeout", "the path ended before the answer came");
  open_.clear();
}

std::array<std::byte, 8> round_trips::encode(std::uint64_t token) {
  std::array<std::byte, 8> result{};
  for (std::size_t i = 0; i < result.size(); ++i)
    result[i] = static_cast<std::byte>(token >> (8 * (7 - i)) & 0xff);
  return result;
}

std::uint64_t round_trips::decode(byte_view payload) {
  if (payload.size() != 8) return 0;
  std::uint64_t token = 0;
  for (const auto octet : payload) token = token << 8 | static_cast<std::uint64_t>(octet);
  return token;
}

void round_trips::fail(entry& failed, std::string code, std::string detail) {
  failed.result.path = path_kind::none;
  failed.result.code = std::move(code);
  failed.result.detail = std::move(detail);
  failed.answer.deliver(std::move(failed.result));
}

}  // namespace hobnob

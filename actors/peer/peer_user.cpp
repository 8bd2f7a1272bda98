#include "actors/peer/peer_user.hpp"

#include <algorithm>

namespace hobnob {

namespace {

/// Of the last try to have a circuit instead.
std::string circuit_fault(const peer_user& user) {
  return user.circuit.fault.empty() ? std::string{} : "; no circuit: " + user.circuit.fault;
}

}  // namespace

std::string why_not_direct(const peer_user& user, bool may_dial, bool may_accept, bool hidden) {
  if (is_direct(user)) return {};
  if (user.offered) return "the user shows another key than the one known: see verify";
  if (!may_dial && !may_accept) {
    return hidden ? "a command that logs in by itself makes no links; a running chat or run does"
                  : "direct links are switched off here";
  }
  if (!user.online) return "the user is offline";
  if (!may_dial) return "this peer does not dial, and the user has not reached it";
  if (user.online->endpoints.empty()) return "the user takes no connections, and has not dialled";
  if (!user.dial.has_candidates()) return "no address of the user can be dialled from here";
  const auto& attempts = user.dial.attempts();
  const auto failed = std::find_if(attempts.begin(), attempts.end(),
                                   [](const auto& attempt) { return !attempt.error.empty(); });
  if (failed == attempts.end()) return "still trying" + circuit_fault(user);
  const auto count = attempts.size();
  const auto how = user.dial.in_flight() ? std::string{"still trying; last time "}
                   : count == 1          ? std::string{"its address does not answer: "}
                                : "none of its " + std::to_string(count) + " addresses answers: ";
  return how + to_string(failed->remote) + ": " + failed->error + circuit_fault(user);
}

std::vector<dial_attempt> attempts_of(const peer_user& user,
                                      std::chrono::steady_clock::time_point now) {
  std::vector<dial_attempt> result;
  if (is_direct(user)) return result;
  for (const auto& attempt : user.dial.attempts()) {
    dial_attempt row;
    row.remote = attempt.remote;
    row.error = attempt.error;
    if (!attempt.error.empty())
      row.age = std::chrono::duration_cast<std::chrono::milliseconds>(now - attempt.ended);
    result.push_back(std::move(row));
  }
  return result;
}

}  // namespace hobnob

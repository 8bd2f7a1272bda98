#pragma once

#include "actors/interfaces.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

namespace hobnob {

/// Sorts the envelopes of one sending session by receiver and remembers where receivers are. No
/// actor itself: it says what to forward, what to ask the directory, and what must wait.
class envelope_router {
 public:
  using batch_ptr = std::shared_ptr<const frame_batch>;

  /// Envelopes of one batch to one receiver.
  struct group {
    session_id to = 0;
    std::vector<std::uint32_t> entries;
  };

  /// Envelopes that wait for the directory to say where their receiver is.
  struct waiting_group {
    batch_ptr batch;
    std::vector<std::uint32_t> entries;
  };

  /// Entry `index` of the present batch is an envelope to `to`.
  void add(session_id to, std::uint32_t index) { present_.emplace_back(to, index); }

  std::size_t present_size() const noexcept { return present_.size(); }

  /// The envelopes of the present batch by receiver, each in order; the next `add` begins anew.
  std::vector<group> take_groups();

  /// Null: unknown, or forgotten.
  const user_session_actor* find(session_id to) const;

  /// Lets `entries` wait; true if the directory has to be asked now.
  bool wait_for_route(session_id to, batch_ptr batch, std::vector<std::uint32_t> entries);

  /// Hands out what waited for `to`.
  std::vector<waiting_group> take_waiting(session_id to);

  bool nothing_waits() const noexcept { return !tables_ || tables_->waiting.empty(); }

  /// No more than this many routes are to be kept at once.
  static constexpr std::size_t routes_max = 1024;

  void remember(session_id to, user_session_actor target);
  void forget(session_id to);
  void forget(const caf::actor_addr& gone);

  /// Forgets all routes and hands them out.
  std::vector<user_session_actor> take_routes();
  std::size_t routes() const noexcept { return tables_ ? tables_->routes.size() : 0; }

 private:
  struct tables {
    std::unordered_map<session_id, user_session_actor> routes;
    std::unordered_map<session_id, std::vector<waiting_group>> waiting;
  };

  tables& made_tables();

  std::vector<std::pair<session_id, std::uint32_t>> present_;
  std::unique_ptr<tables> tables_;  // Most sessions never send an envelope.
};

}  // namespace hobnob

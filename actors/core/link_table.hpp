#pragma once

#include "actors/core/path_class.hpp"
#include "transport/fingerprint.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace hobnob::core {

/// Which link leads to which user. One link a user is the rule; the table settles the exceptions:
/// dials that crossed, a path upgrade, a user that started again while its old link seemed alive, a
/// user with two programs of which one does not know yet that it was replaced. Knows links by their
/// number. Pure.
class link_table {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  struct link {
    std::uint64_t number = 0;
    fingerprint user;
    path_class path = path_class::wan;
    std::uint64_t epoch = 0;   ///< Of the user's record in SetupP2P: new with every start.
    std::uint64_t serial = 0;  ///< Of that record.
  };

  /// What to do after a change.
  struct verdict {
    bool current_changed = false;           ///< `current(user)` is another one now, or none.
    std::vector<std::uint64_t> superseded;  ///< To be closed: a better link is up.
    std::vector<std::uint64_t> replaced;    ///< To be closed: of an earlier start of the user.
    std::optional<std::uint64_t> probe;     ///< Is it alive? `settle` decides after that.
    std::optional<time_point> settle_at;
    bool current_replaced = false;  ///< What was current is one of `replaced`.
  };

  /// `own` decides who settles: the side with the higher fingerprint, and between two starts of a
  /// user whoever has links of both.
  explicit link_table(fingerprint own) : own_(own) {}

  /// `listed` is the epoch of the user's present start, if the relay tells of it; else the serials
  /// of the records have to do, which are times of their signers' clocks.
  verdict opened(const link& value, time_point now, std::optional<std::uint64_t> listed = {});
  verdict ended(std::uint64_t number);

  /// Closes links of all starts but the last. The chooser also closes what is then left beside the
  /// best link: the better path, then the older one.
  verdict settle(const fingerprint& user, std::optional<std::uint64_t> listed = {});

  /// The first half of it: there is news of what start the user is at.
  verdict settle_starts(const fingerprint& user, std::optional<std::uint64_t> listed);

  std::optional<std::uint64_t> current(const fingerprint& user) const;
  std::size_t users() const { return links_.size(); }

  /// How long an older link gets to prove that it lives before a newer one is closed for it.
  static constexpr std::chrono::milliseconds settle_delay{2500};

 private:
  std::uint64_t last_start(const std::vector<link>& all, std::optional<std::uint64_t> listed) const;
  bool is_earlier(const link& value) const;
  void note_start(const link& replaced, std::uint64_t last);

  std::map<fingerprint, std::vector<link>> links_;             // The first one is current.
  std::map<fingerprint, std::vector<std::uint64_t>> earlier_;  // Epochs of starts that had an end.
  fingerprint own_;
};

}  // namespace hobnob::core

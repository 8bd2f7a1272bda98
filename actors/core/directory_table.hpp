#pragma once

#include "transport/close_reason.hpp"
#include "transport/endpoint.hpp"
#include "transport/fingerprint.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace hobnob::core {

/// A session as the directory knows it.
struct directory_session {
  std::uint64_t id = 0;
  std::string user;
  fingerprint key;
  std::string signed_record;  ///< Opaque here.
  endpoint observed;
  bool hidden = false;   ///< Not listed; found by lookups only.
  bool suspect = false;  ///< Nothing heard of it for a while.
};

/// What subscribers have not been told yet. A session is in at most one of `joined` and `left`.
struct directory_changes {
  std::vector<std::uint64_t> joined;  ///< Also changed records of sessions told before.
  std::vector<std::pair<std::uint64_t, close_reason>> left;
  std::vector<std::pair<std::uint64_t, bool>> suspected;

  bool empty() const noexcept { return joined.empty() && left.empty() && suspected.empty(); }
};

/// Who is online. One session a user, listed or hidden. Pure; the same calls in the same order give
/// the same answers.
class directory_table {
 public:
  /// Adds a session of an id that was never used before. It replaces an older one of its user: that
  /// one has left with `replaced`, and its id is returned (else 0).
  std::uint64_t join(directory_session session);

  /// False if there is no such session (any more).
  bool leave(std::uint64_t id, close_reason reason);
  bool set_suspect(std::uint64_t id, bool suspect);
  bool set_record(std::uint64_t id, std::string signed_record);

  const directory_session* find(std::uint64_t id) const;

  const directory_session* find_user(std::string_view user) const;

  /// A key may hold several names: a listed session before a hidden one, then the newest.
  const directory_session* find_key(const fingerprint& key) const;

  /// All sessions of a user, oldest first.
  std::vector<std::uint64_t> sessions_of(std::string_view user) const;

  /// By id, hence by age.
  const std::map<std::uint64_t, directory_session>& sessions() const noexcept { return sessions_; }

  bool has_changes() const noexcept { return !changed_.empty(); }

  /// Hands out the changes since the last call, of listed sessions only, each session's last word.
  directory_changes take_changes();

 private:
  struct change {
    bool told_anew = false;  // Joined or changed.
    bool suspect_told = false;
    bool left = false;
    close_reason reason{};
  };
  const directory_session* better(const directory_session* a, const directory_session* b) const;

  std::map<std::uint64_t, directory_session> sessions_;
  std::set<std::pair<std::string, std::uint64_t>> by_user_;
  std::unordered_multimap<fingerprint, std::uint64_t> by_key_;
  std::map<std::uint64_t, change> changed_;
};

}  // namespace hobnob::core

#include "actors/core/directory_table.hpp"

#include <algorithm>

namespace hobnob::core {

std::uint64_t directory_table::join(directory_session session) {
  std::uint64_t replaced = 0;
  if (const auto* older = find_user(session.user)) {
    replaced = older->id;
    leave(replaced, close_reason::replaced);
  }
  if (!session.hidden) changed_[session.id].told_anew = true;
  by_user_.emplace(session.user, session.id);
  by_key_.emplace(session.key, session.id);
  sessions_.emplace(session.id, std::move(session));
  return replaced;
}

bool directory_table::leave(std::uint64_t id, close_reason reason) {
  const auto found = sessions_.find(id);
  if (found == sessions_.end()) return false;
  const auto& session = found->second;
  // Told even if joining was not: a snapshot may have shown it meanwhile.
  if (!session.hidden) changed_[id] = change{.left = true, .reason = reason};

  by_user_.erase({session.user, id});
  auto [key, end] = by_key_.equal_range(session.key);
  key = std::find_if(key, end, [id](const auto& entry) { return entry.second == id; });
  by_key_.erase(key);
  sessions_.erase(found);
  return true;
}

bool directory_table::set_suspect(std::uint64_t id, bool suspect) {
  const auto found = sessions_.find(id);
  if (found == sessions_.end()) return false;
  if (found->second.suspect != suspect) {
    found->second.suspect = suspect;
    if (!found->second.hidden) changed_[id].suspect_told = true;
  }
  return true;
}

bool directory_table::set_record(std::uint64_t id, std::string signed_record) {
  const auto found = sessions_.find(id);
  if (found == sessions_.end()) return false;
  found->second.signed_record = std::move(signed_record);
  if (!found->second.hidden) changed_[id].told_anew = true;
  return true;
}

const directory_session* directory_table::find(std::uint64_t id) const {
  const auto found = sessions_.find(id);
  return found == sessions_.end() ? nullptr : &found->second;
}

const directory_session* directory_table::find_user(std::string_view user) const {
  const directory_session* result = nullptr;
  for (const auto id : sessions_of(user)) result = better(result, find(id));
  return result;
}

const directory_session* directory_table::find_key(const fingerprint& key) const {
  const directory_session* result = nullptr;
  for (auto [at, end] = by_key_.equal_range(key); at != end; ++at) {
    result = better(result, find(at->second));
  }
  return result;
}

// A listed session before a hidden one, then the newer.
const directory_session* directory_table::better(const directory_session* a,
                                                 const directory_session* b) const {
  if (a == nullptr || b == nullptr) return a == nullptr ? b : a;
  if (a->hidden != b->hidden) return a->hidden ? b : a;
  return a->id > b->id ? a : b;
}

std::vector<std::uint64_t> directory_table::sessions_of(std::string_view user) const {
  std::vector<std::uint64_t> result;
  for (auto at = by_user_.lower_bound({std::string{user}, 0});
       at != by_user_.end() && at->first == user; ++at) {
    result.push_back(at->second);
  }
  return result;
}

directory_changes directory_table::take_changes() {
  directory_changes result;
  for (const auto& [id, what] : changed_) {
    if (what.left) {
      result.left.emplace_back(id, what.reason);
    } else if (what.told_anew) {
      result.joined.push_back(id);  // Its entry says whether it is suspect.
    } else if (what.suspect_told) {
      result.suspected.emplace_back(id, sessions_.at(id).suspect);
    }
  }
  changed_.clear();
  return result;
}

}  // namespace hobnob::core

#include "actors/peer/wire_users.hpp"

#include "actors/signed_record.hpp"
#include "transport/wire/control.pb.h"

#include <utility>

namespace hobnob {

std::optional<core::online_user> read_user(const wire::SignedRecord& record, session_id session) {
  auto checked = verify_record(record);
  if (!checked.record) return std::nullopt;
  core::online_user user;
  user.user = std::move(checked.record->user);
  user.id = checked.record->id;
  user.key = checked.record->key;
  user.box_key = checked.record->box_key;
  user.endpoints = std::move(checked.record->endpoints);
  user.serial = checked.record->serial;
  user.epoch = checked.record->epoch;
  user.session = session;
  return user;
}

std::optional<core::online_user> read_user(const wire::DirectoryEntry& entry) {
  auto user = read_user(entry.record(), entry.session());
  if (!user) return user;
  user->observed = endpoint::parse(entry.observed_endpoint()).value_or(endpoint{});
  user->suspect = entry.suspect();
  return user;
}

directory_news read_news(const wire::DirectoryChange& change) {
  directory_news news;
  news.snapshot_end = change.snapshot_end();
  for (const auto& entry : change.joined()) {
    if (auto user = read_user(entry)) news.joined.push_back(*std::move(user));
  }
  for (const auto& left : change.left()) {
    news.left.push_back(
        {left.session(), close_reason_from(left.reason()).value_or(close_reason::reset)});
  }
  for (const auto& changed : change.suspect())
    news.suspected.push_back({changed.session(), changed.suspect()});
  return news;
}

user_looked_up read_lookup(const wire::LookupResult& result) {
  user_looked_up answer;
  answer.query = result.query();
  answer.known = result.known();
  if (result.has_entry()) {
    if (auto user = read_user(result.entry())) {
      answer.online = true;
      answer.user = *std::move(user);
    }
  }
  return answer;
}

}  // namespace hobnob

// Envelopes from sessions that are no contacts: who they are, and what is said of messages that
// came under a key that is not trusted.

#include "actors/peer/peer_hub.hpp"

#include <utility>

namespace hobnob {
namespace {

// Of the word on messages under a key that is not trusted.
constexpr std::chrono::seconds refusals_interval{10};

}  // namespace

void peer_hub_state::sender_unknown(const unknown_sender& news) {
  const auto [entry, first] = unknown_senders.try_emplace(news.session, 0);
  entry->second += news.messages;
  if (first) ask_about_sender(news.session);
}

/// One question for each session, however much comes from it, and no more of them at once than a
/// relay takes from one session.
void peer_hub_state::ask_about_sender(session_id sender) {
  if (find_session(sender)) return sender_found(sender);
  if (!strangers->take(1, now())) {
    at(now() + notice_time, [this, sender] {
      if (unknown_senders.contains(sender)) ask_about_sender(sender);
    });
    return;
  }
  if (!session) return sender_found(sender);
  lookup_user query;
  query.session = sender;
  ask_relay(query, [this, sender](const user_looked_up& answer) {
    if (answer.online && answer.user.session == sender) user_online(answer.user, false);
    sender_found(sender);
  });
}

/// As far as it will be.
void peer_hub_state::sender_found(session_id sender) {
  const auto asked = unknown_senders.extract(sender);
  if (!asked.empty()) note_refused(sender, asked.mapped());
  dismiss_sender(sender);
}

void peer_hub_state::dismiss_sender(session_id sender) {
  // A contact is announced when it comes online, which the directory may tell while we ask: only
  // what is no contact needs an answer.
  const auto* user = find_session(sender);
  if (!session || (user && user->online)) return;
  core::online_user nobody;
  nobody.session = sender;
  const bool changed = user && user->offered;
  self->send(session, contact_changed{changed ? *user->offered : nobody, false, 0, changed});
}

/// Loud, but no louder than once in a while, however much comes.
void peer_hub_state::note_refused(session_id sender, std::uint32_t messages) {
  auto* user = find_session(sender);
  if (!user || !user->offered || messages == 0) return;
  const bool waits = user->refused > 0;
  user->refused += messages;
  if (waits) return;
  const auto due = user->refused_told ? *user->refused_told + refusals_interval : now();
  if (due <= now()) return tell_refused(*user);
  at(due, [this, user_name = user->name] { tell_refused(user_named(user_name)); });
}

void peer_hub_state::tell_refused(peer_user& user) {
  const auto messages = std::exchange(user.refused, 0);
  if (!user.offered || stopping) return;
  user.refused_told = now();
  presence_changed loud{user.name, user.offered->id, user.state};
  loud.key_changed = true;
  loud.messages_refused = messages;
  tell(loud);
}

}  // namespace hobnob

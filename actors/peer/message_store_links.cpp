// The message store at its links: it writes to their connections itself.

#include "actors/peer/message_frames.hpp"
#include "actors/peer/message_store.hpp"

#include <algorithm>
#include <utility>

namespace hobnob {

void message_store_state::open(const link_ready& news) {
  links[news.link] = {&conversation_with(news.user, news.name), news.path, news.connection};
}

void message_store_state::close(const link_gone& news) {
  const auto found = links.find(news.link);
  if (found == links.end()) return;
  auto& with = *found->second.with;
  if (with.link == found->second.connection) with.link = nullptr;
  if (with.reply_link == news.link) with.reply_link = 0;
  links.erase(found);
}

void message_store_state::take(const link_frames& arrived) {
  const auto found = links.find(arrived.link);
  if (found == links.end()) return;
  auto& with = *found->second.with;
  auto& connection = *found->second.connection;
  with.reply_by = nullptr;
  with.reply_link = arrived.link;
  with.reply_path = found->second.path;
  core::inbox_actions received;
  core::outbox_actions sent;
  auto worst = verdict::sound;
  const auto at = now();
  const auto& batch = *arrived.batch;
  for (const auto& entry : batch.entries()) {
    if (entry.type != frame_type::message && entry.type != frame_type::receipt) continue;
    worst =
        std::max(worst, take_frame(with, {entry.type, batch.payload(entry)}, at, received, sent));
    if (worst == verdict::malformed) break;
  }
  if (worst == verdict::absurd) note_nonsense(with);
  perform(with, std::move(received));
  perform(with, std::move(sent));
  if (worst == verdict::malformed) {
    connection.close({close_reason::protocol, "a message or receipt that does not check"});
  } else {
    connection.acknowledge(arrived.credit);
  }
}

void message_store_state::carry(conversation& with, std::vector<core::message> messages) {
  if (with.carrier) {
    self->send(with.carrier, carry_messages{with.user, std::move(messages)});
  } else {
    for (const auto& message : messages) carry(with, message);
  }
}

// Without a way (the link is gone, and the next route not yet decided) nothing goes: what is kept
// is sent again.
void message_store_state::carry(conversation& with, const core::message& message) {
  if (with.link) return note_send(with, *with.link, send_message(*with.link, message));
  if (with.carrier) self->send(with.carrier, carry_messages{with.user, {message}});
}

void message_store_state::answer(conversation& with, std::vector<core::receipt> receipts) {
  if (with.reply_by) {
    self->send(with.reply_by, carry_receipts{with.user, std::move(receipts)});
  } else if (const auto found = links.find(with.reply_link); found != links.end()) {
    auto& connection = *found->second.connection;
    note_send(with, connection, send_receipts(connection, receipts));
  }
}

void message_store_state::note_send(conversation& with, connection_handle& link,
                                    send_status status) {
  if (status == send_status::overflow) {
    link.close({close_reason::overflow, "too much waits to be sent"});
  } else if (status == send_status::full && &link == with.link.get()) {
    core::outbox_actions none;
    with.out.set_blocked(with.out.route().id, true, now(), none);
  }
}

}  // namespace hobnob

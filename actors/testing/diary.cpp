#include "actors/testing/diary.hpp"

#include "actors/state_names.hpp"

#include <caf/typed_event_based_actor.hpp>
#include <utility>

namespace hobnob::testing {
namespace {

template <class... Parts>
std::string line_of(const Parts&... parts) {
  std::string result;
  const auto add = [&result](std::string_view part) {
    if (part.empty()) return;
    if (!result.empty()) result += ' ';
    result += part;
  };
  (add(parts), ...);
  return result;
}

/// Enough to tell them apart.
std::string short_id(const message_id& id) { return '#' + hobnob::to_string(id).substr(0, 8); }

void update(diary& book, const session_changed& event) { book.session = event; }

void update(diary& book, const presence_changed& event) {
  if (event.state == presence::offline) {
    book.roster.erase(event.user);
  } else {
    book.roster.insert_or_assign(event.user, event);
  }
}

void update(diary& book, const link_changed& event) {
  if (event.state == link_state::down) {
    book.open_links.erase(event.user);
  } else {
    book.open_links.insert_or_assign(event.user, event);
  }
}

void update(diary& book, const message_progress& event) {
  book.outcomes.insert_or_assign(event.id, event);
}

template <class Event>
void update(diary&, const Event&) {}

}  // namespace

std::string to_text(const session_changed& event) {
  return line_of(to_string(event.state), event.code);
}

std::string to_text(const presence_changed& event) {
  return line_of(event.user, to_string(event.state),
                 event.state == presence::offline ? to_string(event.reason) : "",
                 event.key_changed ? "key-changed" : "");
}

std::string to_text(const link_changed& event) {
  return line_of(event.user, to_string(event.state), to_string(event.path),
                 event.state == link_state::down ? to_string(event.reason) : "");
}

std::string to_text(const text_received& event) {
  return line_of("from", event.from, short_id(event.id), "by", to_string(event.path),
                 event.after_gap ? "after-gap" : "");
}

std::string to_text(const application_message_received& event) {
  return line_of("from", event.from, short_id(event.id), "on", event.channel, "by",
                 to_string(event.path));
}

std::string to_text(const message_progress& event) {
  return line_of("to", event.to, short_id(event.id), to_string(event.state), to_string(event.path),
                 event.code);
}

peer_subscriber_actor::behavior_type keep_diary(peer_subscriber_actor::pointer,
                                                std::shared_ptr<diary> book,
                                                diary_environment environment) {
  ++book->life;
  book->session = {};
  book->roster.clear();
  book->open_links.clear();
  const auto add = [book, world = std::move(environment), life = book->life](
                       auto& list, std::string_view word, const auto& event) {
    ++book->entries;
    list.push_back({world.now(), life, event});
    update(*book, event);
    world.note(word, to_text(event));
  };
  return {
      [=](const session_changed& e) { add(book->sessions, "session", e); },
      [=](const presence_changed& e) { add(book->presences, "presence", e); },
      [=](const link_changed& e) { add(book->links, "link", e); },
      [=](const text_received& e) { add(book->texts, "text", e); },
      [=](const application_message_received& e) { add(book->application_messages, "message", e); },
      [=](const message_progress& e) { add(book->progress, "progress", e); },
      [=](const peer_stopped&) {
        ++book->entries;
        book->roster.clear();
        book->open_links.clear();
      }};
}

}  // namespace hobnob::testing

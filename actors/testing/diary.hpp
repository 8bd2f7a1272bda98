#pragma once

#include "actors/interfaces.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace hobnob::testing {

/// Something that a peer told, when (on the simulation's clock) and in which of its lives: a peer
/// that is started again begins the next one.
template <class Event>
struct told {
  std::chrono::steady_clock::time_point at;
  unsigned life = 0;
  Event event;
};

/// A message that the test gave to a peer to send.
struct sent_message {
  std::chrono::steady_clock::time_point at;
  unsigned life = 0;
  std::string to;
  std::string channel;  ///< Empty: chat text.
  message_id id{};
};

/// Everything that a peer has told its subscriber, in the order of telling, over all its lives; and
/// what its present life makes of it.
struct diary {
  std::vector<told<session_changed>> sessions;
  std::vector<told<presence_changed>> presences;
  std::vector<told<link_changed>> links;
  std::vector<told<text_received>> texts;
  std::vector<told<application_message_received>> application_messages;
  std::vector<told<message_progress>> progress;
  std::vector<sent_message> sent;

  unsigned life = 0;  ///< Counted from 1.

  // Of the present life:
  session_changed session;
  std::map<std::string, presence_changed> roster;  ///< Who is online or suspect, without the peer.
  std::map<std::string, link_changed> open_links;  ///< Up or suspect.

  /// The last word on each message, of all lives.
  std::map<message_id, message_progress> outcomes;

  std::uint64_t entries = 0;  ///< Grows with everything that is told.
};

/// A line on what was told: for the trace. The same in every run of one seed.
std::string to_text(const session_changed& event);
std::string to_text(const presence_changed& event);
std::string to_text(const link_changed& event);
std::string to_text(const text_received& event);
std::string to_text(const application_message_received& event);
std::string to_text(const message_progress& event);

/// What a diary needs of its surroundings.
struct diary_environment {
  std::function<std::chrono::steady_clock::time_point()> now;
  std::function<void(std::string_view word, const std::string& text)> note;
};

/// Writes down what a peer tells. Begins the next life of `book`.
peer_subscriber_actor::behavior_type keep_diary(peer_subscriber_actor::pointer self,
                                                std::shared_ptr<diary> book,
                                                diary_environment environment);

}  // namespace hobnob::testing

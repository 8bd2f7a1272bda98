#pragma once

#include "actors/messages.hpp"
#include "actors/state_names.hpp"
#include "actors/storage/event_builder.hpp"

#include <boost/json/object.hpp>
#include <string>
#include <string_view>

namespace hobnob {

/// What the program prints with --json, and what it shows to people in words: one object for every
/// event, always with "event" and "v". docs/events.md describes each; its tables are tested against
/// these functions.
using event_object = boost::json::object;

event_object event_of(const session_changed& news);
event_object event_of(const presence_changed& news);
event_object event_of(const link_changed& news);
event_object event_of(const text_received& news);
event_object event_of(const application_message_received& news);
event_object event_of(const message_progress& news);

/// A row of `who`.
event_object event_of(const user_info& row);
/// The end of `who`: how many rows there were.
event_object who_event(std::size_t count);
event_object event_of(const peer_status& status);
event_object event_of(const ping_result& result);
event_object event_of(const verify_result& result);

/// The first event of `chat` and `run`.
event_object ready_event(std::string_view user, const fingerprint& id,
                         const std::vector<endpoint>& listening, std::string_view relay_uri);
/// The relay's key was not known before and is trusted from now on.
event_object relay_pinned_event(std::string_view address, const fingerprint& id);
event_object id_event(std::string_view user, const fingerprint& id, std::string_view relay_uri);
/// The last event of `chat` and `run`.
event_object stopped_event(int exit_code);
event_object help_event(std::string_view text);
/// Something to know about what was asked for, which goes on.
event_object notice_event(std::string_view user, std::string_view code, std::string_view detail);

}  // namespace hobnob

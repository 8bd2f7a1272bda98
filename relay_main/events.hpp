#pragma once

#include "actors/messages.hpp"
#include "actors/storage/event_builder.hpp"

#include <boost/json/object.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace hobnob {

// What relay_main prints with --json, and shows to people in words; docs/events.md describes each.

boost::json::object relay_ready_event(std::string_view uri, const std::vector<endpoint>& listening);
boost::json::object event_of(const account_info& account);
boost::json::object done_event(std::string_view detail);

/// The same for people, without a line feed; safe on any terminal.
std::string relay_words(const boost::json::object& event);

}  // namespace hobnob

#pragma once

#include "actors/core/checked.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <string>
#include <string_view>

namespace hobnob {

/// One line of JSON (RFC 8259) without its line feed, in plain ASCII: nothing in it can move a
/// cursor or hide, whatever the strings hold. Members stay in the order they were added.
std::string to_json_line(const boost::json::value& value);

/// Reads one JSON object.
core::checked<boost::json::object> parse_json_object(std::string_view line);

}  // namespace hobnob

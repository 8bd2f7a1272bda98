#include "actors/storage/json_line.hpp"

#include "actors/core/sanitise.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/src.hpp>  // Boost.JSON's own functions, compiled here for everyone.
#include <utility>

namespace hobnob {
namespace {

std::string_view view_of(const boost::json::string& text) { return {text.data(), text.size()}; }

void append(std::string& out, const boost::json::value& value) {
  if (const auto* object = value.if_object()) {
    char separator = '{';
    for (const auto& member : *object) {
      out += std::exchange(separator, ',');
      out += core::json_string({member.key().data(), member.key().size()}) + ":";
      append(out, member.value());
    }
    if (separator == '{') out += '{';
    out += '}';
  } else if (const auto* array = value.if_array()) {
    char separator = '[';
    for (const auto& element : *array) {
      out += std::exchange(separator, ',');
      append(out, element);
    }
    if (separator == '[') out += '[';
    out += ']';
  } else if (const auto* text = value.if_string()) {
    out += core::json_string(view_of(*text));
  } else {
    out += boost::json::serialize(value);
  }
}

}  // namespace

std::string to_json_line(const boost::json::value& value) {
  std::string line;
  append(line, value);
  return line;
}

core::checked<boost::json::object> parse_json_object(std::string_view line) {
  using result = core::checked<boost::json::object>;
  boost::json::error_code error;
  auto value = boost::json::parse({line.data(), line.size()}, error);
  if (error) return result::failure("no JSON: " + error.message());
  if (!value.is_object()) return result::failure("no JSON object");
  return std::move(value.get_object());
}

}  // namespace hobnob

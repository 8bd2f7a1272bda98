#pragma once

#include "transport/endpoint.hpp"
#include "transport/fingerprint.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <chrono>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace hobnob {

/// One event as both programs print it (docs/events.md): `"event"` and `"v"` first, then the fields
/// in the order in which they are added. States, addresses, keys and ids are written as their
/// `to_string` has them, times as bare numbers.
class event_builder {
 public:
  static constexpr int schema_version = 1;

  explicit event_builder(std::string_view name) : object_{{"event", name}, {"v", schema_version}} {}

  template <class Value>
  event_builder& with(std::string_view key, const Value& value) {
    object_[key] = in_json(value);
    return *this;
  }

  template <class Value>
  event_builder& with_if(bool applies, std::string_view key, const Value& value) {
    return applies ? with(key, value) : *this;
  }

  /// Left out where there is none: an empty text, port 0, no key, a negative time.
  template <class Value>
  event_builder& with_any(std::string_view key, const Value& value) {
    return with_if(is_any(value), key, value);
  }

  /// The event; the builder is empty afterwards.
  boost::json::object take() { return std::move(object_); }

 private:
  template <class Value>
  static boost::json::value in_json(const Value& value) {
    if constexpr (std::is_arithmetic_v<Value> || std::is_convertible_v<Value, std::string_view> ||
                  std::is_same_v<Value, boost::json::array>)
      return boost::json::value(value);
    else
      return boost::json::value(to_string(value));
  }
  template <class Rep, class Period>
  static boost::json::value in_json(const std::chrono::duration<Rep, Period>& time) {
    return time.count();
  }
  static boost::json::value in_json(const std::vector<endpoint>& places) {
    boost::json::array list;
    for (const auto& each : places) list.emplace_back(to_string(each));
    return list;
  }

  static bool is_any(std::string_view text) { return !text.empty(); }
  static bool is_any(const endpoint& place) { return place.port != 0; }
  static bool is_any(const fingerprint& id) { return !id.is_null(); }
  static bool is_any(std::chrono::milliseconds time) { return time.count() >= 0; }

  boost::json::object object_;
};

/// Something that was asked for cannot be done.
inline boost::json::object error_event(std::string_view code, std::string_view detail) {
  return event_builder{"error"}.with("code", code).with("detail", detail).take();
}

}  // namespace hobnob

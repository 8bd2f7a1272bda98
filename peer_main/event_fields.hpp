#pragma once

#include "actors/core/sanitise.hpp"
#include "peer_main/events.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace hobnob {

/// Reads fields of an event; everything text is sanitised on the way.
class event_fields {
 public:
  event_fields(const event_object& event, bool colours) : event_(event), colours_(colours) {}

  std::string raw(std::string_view key) const {
    const auto* value = event_.if_contains({key.data(), key.size()});
    const auto* text = value != nullptr ? value->if_string() : nullptr;
    return text != nullptr ? std::string{text->data(), text->size()} : std::string{};
  }
  std::string text(std::string_view key) const { return core::sanitise_line(raw(key)); }
  bool is(std::string_view key, std::string_view value) const { return raw(key) == value; }
  bool flag(std::string_view key) const {
    const auto* value = event_.if_contains({key.data(), key.size()});
    return value != nullptr && value->is_bool() && value->get_bool();
  }
  std::int64_t number(std::string_view key, std::int64_t otherwise = -1) const {
    const auto* value = event_.if_contains({key.data(), key.size()});
    if (value == nullptr) return otherwise;
    if (value->is_int64()) return value->get_int64();
    return value->is_uint64() ? static_cast<std::int64_t>(value->get_uint64()) : otherwise;
  }
  const boost::json::array& list(std::string_view key) const {
    static const boost::json::array none;
    const auto* value = event_.if_contains({key.data(), key.size()});
    return value != nullptr && value->is_array() ? value->get_array() : none;
  }

  std::string bold(std::string text) const { return painted("1", std::move(text)); }
  std::string green(std::string text) const { return painted("32", std::move(text)); }
  std::string yellow(std::string text) const { return painted("33", std::move(text)); }
  std::string red(std::string text) const { return painted("31", std::move(text)); }
  std::string dim(std::string text) const { return painted("2", std::move(text)); }

  /// ", detail" or nothing.
  std::string tail(std::string_view key, const char* before = ": ") const {
    const auto found = text(key);
    return found.empty() ? found : before + found;
  }

 private:
  std::string painted(const char* code, std::string text) const {
    return colours_ ? std::string{"\x1b["} + code + "m" + text + "\x1b[0m" : text;
  }

  const event_object& event_;
  bool colours_;
};

}  // namespace hobnob

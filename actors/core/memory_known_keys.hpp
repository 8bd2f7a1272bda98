#pragma once

#include "actors/core/known_keys.hpp"

#include <functional>
#include <map>

namespace hobnob::core {

/// Remembers until it is destroyed: for tests, examples and peers that keep nothing on disk.
class memory_known_keys final : public known_keys {
 public:
  std::optional<known_key> user(std::string_view name) const override {
    const auto found = users_.find(name);
    if (found == users_.end()) return std::nullopt;
    return found->second;
  }

  std::vector<known_user> users() const override {
    std::vector<known_user> result;
    for (const auto& [name, key] : users_) result.push_back({name, key});
    return result;
  }

  std::error_code set_user(std::string_view name, const known_key& key) override {
    users_.insert_or_assign(std::string{name}, key);
    return {};
  }

  std::optional<fingerprint> relay(std::string_view address) const override {
    const auto found = relays_.find(address);
    if (found == relays_.end()) return std::nullopt;
    return found->second;
  }

  std::error_code set_relay(std::string_view address, const fingerprint& id) override {
    relays_.insert_or_assign(std::string{address}, id);
    return {};
  }

  const std::map<std::string, fingerprint, std::less<>>& relays() const noexcept { return relays_; }

 private:
  std::map<std::string, known_key, std::less<>> users_;
  std::map<std::string, fingerprint, std::less<>> relays_;
};

}  // namespace hobnob::core

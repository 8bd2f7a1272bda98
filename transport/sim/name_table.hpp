#pragma once

#include "transport/endpoint.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace hobnob::sim {

/// The names of a simulated network and their addresses: its DNS.
class name_table {
 public:
  /// Replaces what the name stood for; no addresses: an unknown name.
  void set(std::string name, std::vector<ip_address> addresses) {
    addresses_.insert_or_assign(std::move(name), std::move(addresses));
  }

  /// In the order to try; nullptr for a name that was never set.
  const std::vector<ip_address>* find(std::string_view name) const {
    const auto found = addresses_.find(name);
    return found == addresses_.end() ? nullptr : &found->second;
  }

 private:
  std::map<std::string, std::vector<ip_address>, std::less<>> addresses_;
};

}  // namespace hobnob::sim

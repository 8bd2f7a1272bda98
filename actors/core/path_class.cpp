#include "actors/core/path_class.hpp"

#include <algorithm>

namespace hobnob::core {
namespace {

constexpr std::size_t endpoints_max = 16;

bool is_local(const ip_address& address) {
  return address.is_loopback() || address.is_private() || address.is_link_local();
}

bool is_dialable(const endpoint& value) {
  // A link-local IPv6 address means nothing without the other machine's interface.
  return value.port != 0 && !value.address.is_wildcard() && !value.address.is_multicast() &&
         !value.address.is_link_local();
}

void add_once(std::vector<endpoint>& list, const endpoint& value) {
  if (std::find(list.begin(), list.end(), value) == list.end()) list.push_back(value);
}

/// Listening endpoints, wildcards replaced by the machine's addresses of their family.
std::vector<endpoint> without_wildcards(const std::vector<endpoint>& listening,
                                        const std::vector<ip_address>& interfaces) {
  std::vector<endpoint> result;
  for (const auto& local : listening) {
    if (!local.address.is_wildcard()) {
      add_once(result, local);
      continue;
    }
    for (const auto& address : interfaces) {
      const endpoint candidate{address, local.port};
      if (address.is_v4() == local.address.is_v4() && is_dialable(candidate))
        add_once(result, candidate);
    }
  }
  return result;
}

}  // namespace

path_class classify(const endpoint& remote) {
  return is_local(remote.address) ? path_class::lan : path_class::wan;
}

std::vector<endpoint> advertised_endpoints(const std::vector<endpoint>& listening,
                                           const std::vector<ip_address>& interfaces) {
  auto result = without_wildcards(listening, interfaces);
  const auto rank = [](const endpoint& value) {
    if (value.address.is_loopback()) return 2;
    return value.address.is_private() ? 0 : 1;
  };
  std::stable_sort(result.begin(), result.end(),
                   [&](const endpoint& a, const endpoint& b) { return rank(a) < rank(b); });
  if (result.size() > endpoints_max) result.resize(endpoints_max);
  return result;
}

endpoint reachable_endpoint(const std::vector<endpoint>& listening,
                            const std::vector<ip_address>& interfaces) {
  const auto all = without_wildcards(listening, interfaces);
  const auto found = std::find_if(
      all.begin(), all.end(), [](const endpoint& value) { return !value.address.is_loopback(); });
  if (found != all.end()) return *found;
  if (!all.empty()) return all.front();
  return {ip_address::v4({127, 0, 0, 1}), listening.front().port};
}

std::vector<endpoint> dial_candidates(const online_user& user, const std::vector<endpoint>& own,
                                      const endpoint& own_observed) {
  std::vector<endpoint> all;
  if (user.endpoints.empty()) return all;  // It takes no connections.
  const bool same_machine =
      own_observed.address.is_loopback() && user.observed.address.is_loopback();
  // Loopback is the shortest way there is; an observed address that is not local comes last, since
  // it may be that of a firewall before both of us.
  if (same_machine) add_once(all, user.observed);
  if (is_local(user.observed.address)) add_once(all, user.observed);
  for (const auto& value : user.endpoints) {
    if (is_local(value.address)) add_once(all, value);
  }
  for (const auto& value : user.endpoints) add_once(all, value);
  add_once(all, user.observed);

  std::erase_if(all, [&](const endpoint& value) {
    return !is_dialable(value) || (value.address.is_loopback() && !same_machine) ||
           std::find(own.begin(), own.end(), value) != own.end() || value == own_observed;
  });
  return all;
}

}  // namespace hobnob::core

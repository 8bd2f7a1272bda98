#pragma once

#include "transport/sim/fabric.hpp"
#include "transport/sim/nat.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace hobnob::testing {

/// A segment whose hosts get addresses one after another.
struct place {
  /// To a site whose router does not translate: every node here has to know the way.
  struct route {
    const place* site = nullptr;
    sim::ip_prefix to;
    ip_address gateway;
  };

  sim::segment* where = nullptr;
  std::uint8_t first_octet = 0;
  std::uint8_t second_octet = 0;  ///< Of a site; the internet counts through it.
  std::string gateway;            ///< Empty: none.
  place* behind = nullptr;        ///< Where the router's other side is; null for the internet.
  ip_address outer{};             ///< Of the router, there.
  bool translated = true;         ///< By the router: its hosts share that address.
  std::uint32_t hosts = 0;
  std::vector<sim::node*> nodes{};
  std::vector<route> routes{};
};

/// Where a host is plugged in.
struct host_places {
  place* where = nullptr;      ///< With the gateway, if there is one.
  std::vector<place*> also{};  ///< More interfaces.
  bool v6 = false;             ///< An IPv6 address on each of them too. No router passes these on.
};

/// The usual geography of a world: the internet, 20.0.0.0/8, and sites behind routers, 10.N.0.0/16;
/// with IPv6 2001:db8::/64 and fd00:N::/64.
class place_table {
 public:
  explicit place_table(sim::fabric& net);

  place& internet() noexcept { return *places_.front(); }

  /// Behind another site, it is one behind two NATs. Throws `std::invalid_argument` if a segment or
  /// node has the name.
  place& add_site(const std::string& name, const sim::nat_options& nat, place& behind);
  sim::node& add_host(const std::string& name, const host_places& at);

  /// Whether a packet from the one, to an address of the other on one of its places, comes there as
  /// the network was built (through NATs outward, never inward).
  bool leads(const host_places& from, const host_places& to) const noexcept;

 private:
  static void announce(place& site);

  sim::fabric& net_;
  std::vector<std::unique_ptr<place>> places_;  // The internet first.
};

}  // namespace hobnob::testing

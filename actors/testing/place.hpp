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
  sim::segment* where = nullptr;
  std::uint8_t first_octet = 0;
  std::uint8_t second_octet = 0;  ///< Of a site; the internet counts through it.
  std::string gateway;            ///< Empty: none.
  std::uint32_t hosts = 0;
};

/// The usual geography of a world: the internet, 20.0.0.0/8, and sites behind routers, 10.N.0.0/16.
class place_table {
 public:
  explicit place_table(sim::fabric& net);

  place& internet() noexcept { return *places_.front(); }

  /// Throws `std::invalid_argument` if a segment or node has the name.
  place& add_site(const std::string& name, const sim::nat_options& nat);
  sim::node& add_host(const std::string& name, place& where);

 private:
  sim::fabric& net_;
  std::vector<std::unique_ptr<place>> places_;  // The internet first.
};

}  // namespace hobnob::testing

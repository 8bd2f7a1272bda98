#pragma once

#include "transport/sim/host_stack.hpp"
#include "transport/sim/sim_network.hpp"

#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace hobnob::sim {

/// TCP for the hosts of a fabric, and the names by which they find each other.
///
///     tcp_hosts hosts{net};
///     auto alice = hosts.start_program("alice");  // A `network` of her own.
class tcp_hosts {
 public:
  /// `net` must outlive it. `options` are each host's at first.
  explicit tcp_hosts(fabric& net, tcp_options options = {}) : fabric_(net), options_(options) {}

  /// The TCP of a host, made when it is first asked for. Throws `std::invalid_argument` for a name
  /// that the fabric has no node of.
  host_stack& at(std::string_view name);

  /// A network for a new program on a host, which gets power if it has none. It must not outlive
  /// this.
  std::unique_ptr<sim_network> start_program(std::string_view host);

  /// Names beside those of the hosts, for all.
  name_table& names() noexcept { return names_; }

 private:
  fabric& fabric_;
  tcp_options options_;
  name_table names_;
  std::map<std::string, std::unique_ptr<host_stack>, std::less<>> stacks_;
};

}  // namespace hobnob::sim

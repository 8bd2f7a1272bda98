#include "transport/sim/tcp_hosts.hpp"

#include <stdexcept>

namespace hobnob::sim {

host_stack& tcp_hosts::at(std::string_view name) {
  const auto known = stacks_.find(name);
  if (known != stacks_.end()) return *known->second;
  auto* node = fabric_.find_node(name);
  if (node == nullptr) throw std::invalid_argument{"no host is called " + std::string{name}};
  auto made = std::make_unique<host_stack>(fabric_, *node, names_, options_);
  return *stacks_.emplace(name, std::move(made)).first->second;
}

std::unique_ptr<sim_network> tcp_hosts::start_program(std::string_view host) {
  auto& stack = at(host);
  stack.boot();
  return std::make_unique<sim_network>(stack);
}

}  // namespace hobnob::sim

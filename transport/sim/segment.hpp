#pragma once

#include "transport/endpoint.hpp"
#include "transport/sim/link.hpp"
#include "transport/sim/trace.hpp"

#include <map>
#include <string>

namespace hobnob::sim {

struct network_interface;

/// What a segment does with an address that nobody on it has.
enum class unknown_address : std::uint8_t {
  unanswered_arp,  ///< A LAN: silence for 3 s, then the sender's own kernel says "no such host".
  unreachable,     ///< A provider's network: its router answers "no such network".
  silence,
};

struct segment_options {
  link_options link{};
  unknown_address unknown = unknown_address::unanswered_arp;
};

/// A LAN, or the internet as a whole: everyone on it reaches everyone else in one hop. Its rate and
/// queue are each sender's own. Made by a fabric, which owns it.
class segment {
 public:
  const std::string& name() const noexcept { return name_; }
  host_id id() const noexcept { return id_; }

  const segment_options& options() const noexcept { return options_; }

  /// For packets sent from now on.
  void set_link(const link_options& link) { options_.link = link; }

  /// Who has this address here; nullptr for nobody.
  network_interface* find(const ip_address& address) const;

  /// By address.
  const std::map<ip_address, network_interface*>& attached() const noexcept { return attached_; }

 private:
  friend class fabric;
  friend class node;

  segment(std::string name, host_id id, segment_options options)
      : name_(std::move(name)), id_(id), options_(options) {}

  std::string name_;
  host_id id_;
  segment_options options_;
  std::map<ip_address, network_interface*> attached_;
};

}  // namespace hobnob::sim

#pragma once

#include "transport/sim/fabric.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace hobnob::sim {

inline endpoint at(std::string_view text) { return endpoint::parse(text).value(); }

inline ip_address ip(std::string_view text) { return ip_address::parse(text).value(); }

inline packet make_packet(packet_kind kind, std::string_view from, std::string_view to,
                          std::size_t size = 0) {
  packet made;
  made.kind = kind;
  made.from = at(from);
  made.to = at(to);
  if (size > 0) made.payload = shared_slice::of(bytes(size));
  return made;
}

inline packet syn(std::string_view from, std::string_view to) {
  return make_packet(packet_kind::syn, from, to);
}

/// Stands in for a host's TCP: keeps what arrived, with times.
class recording_sink final : public packet_sink {
 public:
  recording_sink(fabric& net, node& host) : net_(net), host_(host) { host.set_sink(this); }
  ~recording_sink() override { host_.set_sink(nullptr); }

  recording_sink(const recording_sink&) = delete;
  recording_sink& operator=(const recording_sink&) = delete;

  struct arrival {
    duration at;
    packet what;
  };

  void receive(packet arrived) override {
    arrivals.push_back({net_.owner().now() - simulation::start, std::move(arrived)});
  }

  void limit_reading(std::uint64_t) override {}
  void reset_connections(const std::vector<ip_address>& remotes) override {
    resets.insert(resets.end(), remotes.begin(), remotes.end());
  }

  void send(packet what) { net_.send(host_, std::move(what)); }

  std::vector<arrival> arrivals;
  std::vector<ip_address> resets;

 private:
  fabric& net_;
  node& host_;
};

}  // namespace hobnob::sim

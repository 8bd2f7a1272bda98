#include "actors/testing/place.hpp"

namespace hobnob::testing {
namespace {

constexpr std::uint8_t internet_octet = 20;
constexpr std::uint8_t sites_octet = 10;

std::string address_of(const place& where, std::uint32_t number) {
  const auto second = where.second_octet != 0 ? where.second_octet : number >> 16 & 255;
  return std::to_string(where.first_octet) + '.' + std::to_string(second) + '.' +
         std::to_string(number >> 8 & 255) + '.' + std::to_string(number & 255);
}

std::string prefix_of(place& where) {
  return address_of(where, ++where.hosts) + (where.second_octet != 0 ? "/16" : "/8");
}

}  // namespace

place_table::place_table(sim::fabric& net) : net_(net) {
  sim::segment_options options;
  options.link.latency = std::chrono::milliseconds{10};
  options.link.jitter = std::chrono::milliseconds{1};
  options.unknown = sim::unknown_address::unreachable;
  auto& internet = *places_.emplace_back(std::make_unique<place>());
  internet.where = &net.add_segment("internet", options);
  internet.first_octet = internet_octet;
}

place& place_table::add_site(const std::string& name, const sim::nat_options& nat) {
  sim::segment_options options;
  options.link.latency = std::chrono::microseconds{200};
  auto& site = *places_.emplace_back(std::make_unique<place>());
  site.where = &net_.add_segment(name, options);
  site.first_octet = sites_octet;
  site.second_octet = static_cast<std::uint8_t>(places_.size() - 1);
  auto& router = net_.add_router(name + "-router");
  router.attach(*internet().where, prefix_of(internet()));
  site.gateway = address_of(site, 1);
  router.attach(*site.where, prefix_of(site));
  router.add_nat(*internet().where, nat);
  return site;
}

sim::node& place_table::add_host(const std::string& name, place& where) {
  return net_.add_host(name, *where.where, prefix_of(where), where.gateway);
}

}  // namespace hobnob::testing

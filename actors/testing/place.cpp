#include "actors/testing/place.hpp"

#include <algorithm>
#include <sstream>

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

/// Of the host that got the last number.
std::string v6_prefix_of(const place& where) {
  std::ostringstream text;
  text << std::hex;
  if (where.second_octet != 0) {
    text << "fd00:" << unsigned{where.second_octet} << "::";
  } else {
    text << "2001:db8::";
  }
  text << (where.hosts >> 16) << ':' << (where.hosts & 0xffff) << "/64";
  return text.str();
}

void plug_in(sim::node& host, place& where, bool v6) {
  host.attach(*where.where, prefix_of(where));
  if (v6) host.attach(*where.where, v6_prefix_of(where));
  where.nodes.push_back(&host);
  for (const auto& way : where.routes) host.add_route(way.to, way.gateway);
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

place& place_table::add_site(const std::string& name, const sim::nat_options& nat, place& behind) {
  sim::segment_options options;
  options.link.latency = std::chrono::microseconds{200};
  auto& site = *places_.emplace_back(std::make_unique<place>());
  site.where = &net_.add_segment(name, options);
  site.first_octet = sites_octet;
  site.second_octet = static_cast<std::uint8_t>(places_.size() - 1);
  site.behind = &behind;
  auto& router = net_.add_router(name + "-router");
  plug_in(router, behind, false);
  site.outer = *ip_address::parse(address_of(behind, behind.hosts));
  site.translated = nat.translate;
  if (!behind.gateway.empty()) router.set_gateway(*ip_address::parse(behind.gateway));
  site.gateway = address_of(site, 1);
  plug_in(router, site, false);
  router.add_nat(*behind.where, nat);
  announce(site);
  return site;
}

/// The way in, for those outside; and where these are behind such a router as well, for those
/// outside of that one.
void place_table::announce(place& site) {
  const auto prefix = *sim::ip_prefix::parse(address_of(site, 0) + "/16");
  for (auto* inside = &site; inside->behind != nullptr && !inside->translated;
       inside = inside->behind) {
    auto& outside = *inside->behind;
    outside.routes.push_back({&site, prefix, inside->outer});
    for (auto* node : outside.nodes) {
      if (!node->owns(inside->outer)) node->add_route(prefix, inside->outer);
    }
  }
}

sim::node& place_table::add_host(const std::string& name, const host_places& at) {
  auto& host = net_.add_host(name);
  plug_in(host, *at.where, at.v6);
  for (auto* more : at.also) plug_in(host, *more, at.v6);
  if (!at.where->gateway.empty()) host.set_gateway(*ip_address::parse(at.where->gateway));
  return host;
}

bool place_table::leads(const host_places& from, const host_places& to) const noexcept {
  const auto is_at = [&to](const place* where) {
    return where == to.where || std::ranges::find(to.also, where) != to.also.end();
  };
  if (std::ranges::any_of(from.also, is_at)) return true;
  // From outside, where there is a way in: past a firewall.
  const auto goes_in = [&](const place* where) {
    return std::ranges::any_of(where->routes, [&](const auto& way) { return is_at(way.site); });
  };
  if (!is_at(from.where) && std::ranges::any_of(from.also, goes_in)) return false;
  // By the gateway, outward.
  for (const place* where = from.where; where != nullptr; where = where->behind) {
    if (is_at(where)) return true;
  }
  return false;
}

}  // namespace hobnob::testing

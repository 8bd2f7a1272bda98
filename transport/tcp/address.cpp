#include "transport/tcp/address.hpp"

namespace hobnob {

namespace ip = boost::asio::ip;

ip::address to_asio(const ip_address& value) {
  if (value.is_v4()) return ip::address_v4{value.v4_octets()};
  return ip::address_v6{value.v6_octets(), value.scope_id()};
}

ip::tcp::endpoint to_asio(const endpoint& value) { return {to_asio(value.address), value.port}; }

ip_address from_asio(const ip::address& value) {
  if (value.is_v4()) return ip_address::v4(value.to_v4().to_bytes());
  return ip_address::v6(value.to_v6().to_bytes(),
                        static_cast<std::uint32_t>(value.to_v6().scope_id()));
}

endpoint from_asio(const ip::tcp::endpoint& value) {
  return {from_asio(value.address()), value.port()};
}

}  // namespace hobnob

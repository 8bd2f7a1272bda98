#pragma once

#include "transport/endpoint.hpp"

#include <boost/asio/ip/tcp.hpp>

namespace hobnob {

/// Between hobnob's address types and Asio's.
boost::asio::ip::tcp::endpoint to_asio(const endpoint& value);
boost::asio::ip::address to_asio(const ip_address& value);
endpoint from_asio(const boost::asio::ip::tcp::endpoint& value);
ip_address from_asio(const boost::asio::ip::address& value);

}  // namespace hobnob

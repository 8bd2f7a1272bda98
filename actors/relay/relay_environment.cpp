#include "actors/relay/relay_environment.hpp"

#include "transport/network.hpp"

#include <chrono>
#include <span>

namespace hobnob {

relay_environment make_relay_environment(network& net) {
  return {.random_number =
              [&net] {
                std::uint64_t value = 0;
                net.random(std::as_writable_bytes(std::span{&value, 1}));
                return value;
              },
          .unix_time =
              [&net] {
                const auto since_1970 = net.time().wall().time_since_epoch();
                return std::chrono::duration_cast<std::chrono::seconds>(since_1970).count();
              }};
}

}  // namespace hobnob

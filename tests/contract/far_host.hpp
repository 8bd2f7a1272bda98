#pragma once

#include "tests/transport/loop.hpp"

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>
#include <cstdlib>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>

namespace hobnob::test {

/// Another host: a network namespace of this machine, in which `listen` makes its listeners.
/// netns/contract_test.py makes one and names it: HOBNOB_FAR_HOST="/run/netns/NAME ADDRESS".
class far_host {
 public:
  /// Only if there is one.
  static bool exists() { return std::getenv("HOBNOB_FAR_HOST") != nullptr; }

  far_host() {
    std::istringstream words{std::getenv("HOBNOB_FAR_HOST")};
    std::string address;
    words >> namespace_ >> address;
    address_ = ip_address::parse(address).value();
  }

  std::unique_ptr<listener> listen(network& net) const {
    const int home = ::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
    enter(::open(namespace_.c_str(), O_RDONLY | O_CLOEXEC));
    auto made = net.listen({address_, 0}, {});
    enter(home);
    if (made.error) throw std::runtime_error{made.error.message()};
    return std::move(made.value);
  }

 private:
  /// The sockets that this thread makes from now on are there.
  static void enter(int place) {
    const bool entered = place >= 0 && setns(place, CLONE_NEWNET) == 0;
    ::close(place);
    if (!entered) throw std::runtime_error{"cannot enter the network namespace"};
  }

  std::string namespace_;
  ip_address address_;
};

/// The two ends of a connection from here to the other host if there is one, else on this one.
inline stream_pair connect_hosts(loop& l) {
  if (!far_host::exists()) return connect_tcp(l);
  const auto door = far_host{}.listen(l.net);
  auto accepting = l.start(door->accept());
  auto dialled = l.run(l.net.dial(door->local_endpoint(), {}));
  if (dialled.error) throw std::runtime_error{dialled.error.message()};
  l.run_until([&] { return accepting->has_value(); });
  return {std::move(dialled.value), std::move((*accepting)->value)};
}

}  // namespace hobnob::test

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

  /// Calls `what` as if this thread were on that host.
  template <class Call>
  auto there(Call what) const {
    const int home = ::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
    enter(::open(namespace_.c_str(), O_RDONLY | O_CLOEXEC));
    auto result = what();
    enter(home);
    return result;
  }

  std::unique_ptr<listener> listen(network& net) const { return listen(net, {address_, 0}); }

  /// At another address of that host.
  std::unique_ptr<listener> listen(network& net, const endpoint& local) const {
    auto made = there([&] { return net.listen(local, {}); });
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

/// A listener on the other host if there is one, else on this one.
inline std::unique_ptr<listener> listen_far(loop& l) {
  if (far_host::exists()) return far_host{}.listen(l.net);
  auto made = l.net.listen(loopback(), {});
  if (made.error) throw std::runtime_error{made.error.message()};
  return std::move(made.value);
}

}  // namespace hobnob::test

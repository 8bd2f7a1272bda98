#include "tests/transport/loop.hpp"
#include "transport/acceptor.hpp"
#include "transport/dialler.hpp"

#include <barrier>
#include <thread>

// Two peers, each listening on the port it dials from, dial each other at the same moment. Whatever
// the kernel makes of it - one dial accepted, or both dials met in one connection (RFC 793, figure
// 8) - they end up with exactly one connection.
namespace hobnob::test {
namespace {

/// One peer on a thread of its own.
struct dialling_peer {
  loop l;
  std::uint8_t seed;
  std::shared_ptr<const tls_context> context;
  std::vector<connection_ptr> accepted;
  std::unique_ptr<acceptor> door;
  endpoint address;
  std::shared_ptr<std::optional<dial_result>> dialled;

  explicit dialling_peer(std::uint8_t s) : seed(s), context(make_context(l, s)) {
    auto listening = l.net.listen(loopback(), {.shared_with_dials = true});
    address = listening.value->local_endpoint();
    door = std::make_unique<acceptor>(l.net, context, acceptor_config{}, [this](connection_ptr c) {
      accepted.push_back(std::move(c));
    });
    door->add(std::move(listening.value));
  }

  void meet(const endpoint& other, std::uint8_t other_seed) {
    dial_request request{other, address, make_identity(other_seed).fingerprint(),
                         l.net.time().now() + std::chrono::seconds{5}};
    dialled = l.start(dial(l.net, context, request, {}));
    l.run_until(
        [&] { return dialled->has_value() && (connected() || !(*dialled)->awaits_accept); });
  }

  std::size_t connected() const {
    return accepted.size() + (dialled && *dialled && (*dialled)->connection ? 1 : 0);
  }
};

TEST(simultaneous_open, always_ends_as_one_connection) {
  int crossed = 0;
  for (int round = 0; round < 100; ++round) {
    dialling_peer left{1}, right{2};
    std::barrier start{2};
    std::thread other{[&] {
      start.arrive_and_wait();
      right.meet(left.address, 1);
    }};
    start.arrive_and_wait();
    left.meet(right.address, 2);
    other.join();
    ASSERT_EQ(left.connected(), 1u) << "round " << round << ": " << (*left.dialled)->error.text();
    ASSERT_EQ(right.connected(), 1u) << "round " << round << ": " << (*right.dialled)->error.text();
    const auto& dialled = *left.dialled;
    if (dialled->connection && dialled->connection->info().crossed) ++crossed;
  }
  RecordProperty("crossed", crossed);
}

}  // namespace
}  // namespace hobnob::test

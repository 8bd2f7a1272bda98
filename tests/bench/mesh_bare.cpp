#include "mesh_ends.hpp"

#include "load_loop.hpp"
#include "mesh_meter.hpp"

#include "transport/spawn_task.hpp"
#include "transport/tls/tls_handshake.hpp"

#include <memory>
#include <stdexcept>
#include <vector>

namespace hobnob::bench {
namespace {

struct bare_member {
  std::shared_ptr<const tls_context> context;
  std::unique_ptr<listener> accepts;
  endpoint where;
};

struct bare_team {
  load_loop loop;
  std::vector<bare_member> members;
  std::vector<std::unique_ptr<stream>> ends;
  std::string trouble;

  void keep(handshake_result secured) {
    if (secured.error) trouble = secured.error.text();
    ends.push_back(std::move(secured.stream));
  }
};

awaitable<void> secure_accepted(bare_team& team, std::size_t who, std::unique_ptr<stream> lower) {
  team.keep(co_await tls_accept(std::move(lower), team.members[who].context,
                                team.loop.net.deadlines(), {}));
}

awaitable<void> accept_all(bare_team& team, std::size_t who) {
  for (std::size_t expected = who; expected > 0; --expected) {
    auto accepted = co_await team.members[who].accepts->accept();
    if (accepted.error) co_return;
    auto lower = std::make_shared<std::unique_ptr<stream>>(std::move(accepted.value));
    spawn_task(team.loop.net.executor(),
               [&team, who, lower] { return secure_accepted(team, who, std::move(*lower)); });
  }
}

/// Dials everybody who comes later, one after the other: all members do so at once.
awaitable<void> dial_all(bare_team& team, std::size_t who) {
  for (std::size_t other = who + 1; other < team.members.size(); ++other) {
    auto dialled = co_await team.loop.net.dial(team.members[other].where, {});
    if (dialled.error) {
      team.trouble = dialled.error.message();
      co_return;
    }
    team.keep(co_await tls_connect(std::move(dialled.value), team.members[who].context,
                                   team.loop.net.deadlines(), {}));
  }
}

}  // namespace

mesh_result bare_mesh(std::size_t peers) {
  bare_team team;
  const mesh_meter meter;
  for (std::size_t i = 0; i < peers; ++i) {
    identity::seed seed{7};
    seed[1] = static_cast<std::uint8_t>(i);
    seed[2] = static_cast<std::uint8_t>(i >> 8);
    auto listening = team.loop.net.listen({ip_address::v4({127, 0, 0, 1}), 0}, {});
    if (listening.error) throw std::runtime_error(listening.error.message());
    const auto where = listening.value->local_endpoint();
    team.members.push_back(
        {std::make_shared<const tls_context>(identity::from_seed(seed), team.loop.net.time()),
         std::move(listening.value), where});
  }
  for (std::size_t i = 0; i < peers; ++i) {
    spawn_task(team.loop.net.executor(), [&team, i] { return accept_all(team, i); });
    spawn_task(team.loop.net.executor(), [&team, i] { return dial_all(team, i); });
  }
  team.loop.run_until(
      [&] { return team.ends.size() == 2 * links_of(peers) || !team.trouble.empty(); });
  if (!team.trouble.empty()) throw std::runtime_error("bare mesh: " + team.trouble);
  return meter.read(peers);
}

}  // namespace hobnob::bench

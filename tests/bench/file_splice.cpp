#include "file_ends.hpp"
#include "load_loop.hpp"

#include "actors/storage/owned_fd.hpp"
#include "transport/circuit_runner.hpp"
#include "transport/spawn_task.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>
#include <array>
#include <cstdio>
#include <thread>
#include <utility>

namespace hobnob::bench {

namespace {

constexpr std::size_t pipe_size = 1024 * 1024;

/// Until `from` has ended.
void carry(int from, int to) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return;
  const owned_fd out{ends[0]}, in{ends[1]};
  fcntl(in.get(), F_SETPIPE_SZ, pipe_size);
  for (;;) {
    auto left = splice(from, nullptr, in.get(), nullptr, pipe_size, SPLICE_F_MOVE);
    if (left <= 0) break;
    while (left > 0) {
      const auto moved =
          splice(out.get(), nullptr, to, nullptr, static_cast<std::size_t>(left), SPLICE_F_MOVE);
      if (moved <= 0) return;
      left -= moved;
    }
  }
  shutdown(to, SHUT_WR);
}

awaitable<void> join_two(listener& from, circuit_runner& runner) {
  auto one = co_await from.accept();
  auto other = co_await from.accept();
  runner.run({std::move(one.value), std::move(other.value)}, {}, [](const circuit_outcome&) {});
}

}  // namespace

int bare_splice_main() {
  const owned_fd listening{socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof at;
  auto* const address = reinterpret_cast<sockaddr*>(&at);
  if (bind(listening.get(), address, size) != 0 || listen(listening.get(), 2) != 0) return 1;
  getsockname(listening.get(), address, &size);
  std::printf("%u\n", static_cast<unsigned>(ntohs(at.sin_port)));
  std::fflush(stdout);
  const owned_fd one{accept(listening.get(), nullptr, nullptr)};
  const owned_fd other{accept(listening.get(), nullptr, nullptr)};
  std::thread back{carry, other.get(), one.get()};
  carry(one.get(), other.get());
  back.join();
  return 0;
}

int hobnob_splice_main() {
  load_loop loop;
  circuit_runner runner{loop.net};
  auto listening = loop.net.listen({ip_address::v4({127, 0, 0, 1}), 0}, {});
  if (listening.error) return 1;
  std::printf("%u\n", static_cast<unsigned>(listening.value->local_endpoint().port));
  std::fflush(stdout);
  spawn_task(loop.net.executor(), [&] { return join_two(*listening.value, runner); });
  loop.context.run();  // Until killed.
  return 0;
}

}  // namespace hobnob::bench

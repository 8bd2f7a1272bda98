#include "echo_ends.hpp"

#include "load_loop.hpp"

#include "transport/spawn_task.hpp"
#include "transport/tls/tls_handshake.hpp"
#include "transport/wire/big_endian.hpp"

#include <cstdio>
#include <stdexcept>

namespace hobnob::bench {

namespace {

/// Every message starts with its size (u32) and what is wanted: an echo, or a count when the stream
/// of messages ends.
constexpr std::size_t prefix_size = 8;
enum wanted : std::uint32_t { echo = 1, count = 2, total = 3 };

bytes message_of(std::size_t size, wanted what) {
  bytes out(std::max(size, prefix_size), std::byte{'x'});
  wire::field_writer{out.data()}
      .number(static_cast<std::uint32_t>(out.size()))
      .number(static_cast<std::uint32_t>(what));
  return out;
}

awaitable<void> answer(std::shared_ptr<stream> with) {
  bytes buffer(256 * 1024);
  std::size_t held = 0;
  std::uint64_t counted = 0;
  for (;;) {
    const auto got = co_await read_some(*with, std::span{buffer}.subspan(held));
    if (got.error && got.count == 0) co_return;
    held += got.count;
    std::size_t done = 0;
    while (held - done >= prefix_size) {
      wire::field_reader in{buffer.data() + done};
      const std::size_t size = in.number<std::uint32_t>();
      const auto what = in.number<std::uint32_t>();
      if (held - done < size) break;
      const byte_view message{buffer.data() + done, size};
      done += size;
      if (what == wanted::count) {
        ++counted;
        continue;
      }
      bytes reply(message.begin(), message.end());
      if (what == wanted::total) wire::field_writer{reply.data()}.number(std::exchange(counted, 0));
      if ((co_await write_all(*with, reply)).error) co_return;
    }
    std::copy(buffer.begin() + static_cast<std::ptrdiff_t>(done),
              buffer.begin() + static_cast<std::ptrdiff_t>(held), buffer.begin());
    held -= done;
  }
}

awaitable<void> serve(network& net, std::shared_ptr<const tls_context> context,
                      std::unique_ptr<listener> from) {
  auto accepted = co_await from->accept();
  auto secured = co_await tls_accept(std::move(accepted.value), context, net.deadlines(), {});
  if (!secured.error) co_await answer(std::move(secured.stream));
}

class bare_echo_client final : public echo_client {
 public:
  bare_echo_client() : child_({own_path(), "--role", "bare_echo"}) {
    const endpoint remote{ip_address::v4({127, 0, 0, 1}),
                          static_cast<std::uint16_t>(std::stoi(child_.first_line()))};
    run([this, remote] { return connect(remote); });
    if (!stream_) throw std::runtime_error("no connection to the bare echo");
  }

  void round_trips(std::size_t size, std::chrono::nanoseconds length, samples& times) override {
    run([&, this] { return ask(size, length, times); });
  }

  double one_way(std::size_t size, std::chrono::nanoseconds length) override {
    double rate = 0;
    run([&, this] { return pour(size, length, rate); });
    return rate;
  }

  pid_t other_end() const override { return child_.pid(); }

 private:
  template <class Task>
  void run(Task task) {
    bool done = false;
    boost::asio::co_spawn(loop_.context, task, [&done](std::exception_ptr error) {
      done = true;
      if (error) std::rethrow_exception(error);
    });
    loop_.run_until([&] { return done; });
  }

  awaitable<void> connect(endpoint remote) {
    auto dialled = co_await loop_.net.dial(remote, {});
    if (dialled.error) co_return;
    auto secured =
        co_await tls_connect(std::move(dialled.value), context_, loop_.net.deadlines(), {});
    stream_ = std::move(secured.stream);
  }

  awaitable<void> ask(std::size_t size, std::chrono::nanoseconds length, samples& times) {
    const auto message = message_of(size, wanted::echo);
    bytes reply(message.size());
    const auto end = std::chrono::steady_clock::now() + length;
    for (auto sent = std::chrono::steady_clock::now(); sent < end;
         sent = std::chrono::steady_clock::now()) {
      co_await write_all(*stream_, message);
      if ((co_await read_all(*stream_, reply)).error) co_return;
      times.add(seconds_since(sent) * 1e6);
    }
  }

  awaitable<void> pour(std::size_t size, std::chrono::nanoseconds length, double& rate) {
    const auto message = message_of(size, wanted::count);
    bytes batch;
    while (batch.size() < 64 * 1024) batch.insert(batch.end(), message.begin(), message.end());
    const auto start = std::chrono::steady_clock::now();
    while (std::chrono::steady_clock::now() - start < length) {
      if ((co_await write_all(*stream_, batch)).error) co_return;
    }
    const auto last = message_of(size, wanted::total);
    co_await write_all(*stream_, last);
    bytes reply(last.size());
    if ((co_await read_all(*stream_, reply)).error) co_return;
    rate = static_cast<double>(wire::field_reader{reply.data()}.number<std::uint64_t>()) /
           seconds_since(start);
  }

  child_process child_;
  load_loop loop_;
  std::shared_ptr<const tls_context> context_ =
      std::make_shared<const tls_context>(identity::from_seed({4}), loop_.net.time());
  std::unique_ptr<stream> stream_;
};

}  // namespace

std::unique_ptr<echo_client> bare_client() { return std::make_unique<bare_echo_client>(); }

int bare_echo_main() {
  load_loop loop;
  auto context = std::make_shared<const tls_context>(identity::from_seed({3}), loop.net.time());
  auto listening = loop.net.listen({ip_address::v4({127, 0, 0, 1}), 0}, {});
  if (listening.error) return 1;
  std::printf("%u\n", static_cast<unsigned>(listening.value->local_endpoint().port));
  std::fflush(stdout);
  auto from = std::make_shared<std::unique_ptr<listener>>(std::move(listening.value));
  spawn_task(loop.net.executor(),
             [&loop, context, from] { return serve(loop.net, context, std::move(*from)); });
  loop.context.run();
  return 0;
}

}  // namespace hobnob::bench

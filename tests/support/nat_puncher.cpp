// Two hosts, each behind a NAT of its own, dial each other's outer endpoint from the port that they
// listen on: the same code on the machine's network and on a simulated one, for nat_test.py.
//
// usage: nat_puncher introduce ENDPOINT        tells two callers how it sees the other, until
//                                              killed
//        nat_puncher meet OWN INTRODUCER [MS]  one of the two; dials so much later
//        nat_puncher simulate LEFT RIGHT [MS]  all three, behind NATs of these kinds: preserving,
//                                              range, symmetric, full_cone, reset, unreachable; the
//                                              right one dials so much later
//   stdout  "ready", or how each of them met the other: "dial", "accept" or "never"

#include "transport/sim/tcp_hosts.hpp"
#include "transport/spawn_task.hpp"
#include "transport/tcp/tcp_network.hpp"

#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <cstdio>
#include <functional>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace hobnob;
using namespace std::chrono_literals;

constexpr std::size_t line_size = 64;  // An endpoint as text, and blanks.
constexpr auto patience = 5s;          // A SYN that was dropped goes again after 1 s and 3 s.
constexpr auto pause_after_refusal = 50ms;

template <class T>
T needed(io_value<T> made, const char* what) {
  if (made.error) throw std::runtime_error{what + (": " + made.error.message())};
  return std::move(made.value);
}

endpoint parsed(const std::string& text) {
  const auto result = endpoint::parse(text);
  if (!result) throw std::runtime_error{"no endpoint: " + text};
  return *result;
}

/// Tells each of the first two callers the endpoint that it sees the other at, and keeps their
/// connections: they keep the NATs' mappings alive.
struct introducer {
  introducer(network& net, const endpoint& where) : door(needed(net.listen(where, {}), "listen")) {}

  awaitable<void> serve() {
    while (callers.size() < 2) {
      auto caller = co_await door->accept();
      if (caller.error) co_return;
      callers.push_back(std::move(caller.value));
    }
    for (const auto& caller : callers) {
      const auto& other = caller == callers[0] ? callers[1] : callers[0];
      auto line = to_string(other->remote_endpoint());
      line.resize(line_size, ' ');
      co_await write_all(*caller, as_byte_view(line));
    }
  }

  std::unique_ptr<listener> door;
  std::vector<std::unique_ptr<stream>> callers;
};

/// One of the two who want to meet.
struct guest {
  guest(network& of, const endpoint& own_end)
      : net(of),
        own(own_end),
        door(needed(net.listen(own, {.shared_with_dials = true}), "listen")) {}

  awaitable<void> meet(endpoint introducer_end, std::chrono::milliseconds skew) {
    const auto told = needed(co_await net.dial(introducer_end, {.local = own}), "introducer");
    bytes line(line_size);
    co_await read_all(*told, line);
    std::string text;
    for (const auto octet : line) {
      if (octet != std::byte{' '}) text += static_cast<char>(octet);
    }
    spawn_task(net.executor(), [this] { return accept(); });
    co_await net.time().sleep_until(net.time().now() + skew);
    co_await dial_again_and_again(parsed(text));
    if (how.empty()) finish("never");
  }

  awaitable<void> dial_again_and_again(endpoint other) {
    const auto end = net.time().now() + patience;
    while (how.empty() && net.time().now() < end) {
      auto dialled = co_await net.dial(other, {.local = own, .deadline = end});
      if (dialled.value && co_await is_alive(*dialled.value)) finish("dial");
      kept.push_back(std::move(dialled.value));
      co_await net.time().sleep_until(net.time().now() + pause_after_refusal);
    }
  }

  awaitable<void> accept() {
    while (how.empty()) {
      auto accepted = co_await door->accept();
      if (accepted.error) co_return;
      if (co_await is_alive(*accepted.value)) finish("accept");
      kept.push_back(std::move(accepted.value));
    }
  }

  awaitable<bool> is_alive(stream& connection) {
    co_await write_all(connection, as_byte_view("hello"));
    bytes heard(5);
    co_return (co_await read_all(connection, heard)).count == heard.size();
  }

  void finish(const char* result) {
    if (!how.empty()) return;
    how = result;
    if (on_end) on_end();
  }

  network& net;
  endpoint own;
  std::unique_ptr<listener> door;
  std::string how;
  std::function<void()> on_end;
  std::vector<std::unique_ptr<stream>> kept;  // Closing one might end the other side's greeting.
};

int introduce(const endpoint& where) {
  boost::asio::io_context loop{1};
  tcp_network net{loop};
  introducer host{net, where};
  const auto stay = boost::asio::make_work_guard(loop);
  spawn_task(net.executor(), [&] { return host.serve(); });
  std::puts("ready");
  std::fflush(stdout);
  loop.run();
  return 0;
}

std::chrono::milliseconds skew_of(const std::vector<std::string>& words) {
  return std::chrono::milliseconds{words.size() == 4 ? std::stoi(words[3]) : 0};
}

int meet(const endpoint& own, const endpoint& introducer_end, std::chrono::milliseconds skew) {
  boost::asio::io_context loop{1};
  tcp_network net{loop};
  guest self{net, own};
  self.on_end = [&] { loop.stop(); };
  spawn_task(net.executor(), [&] { return self.meet(introducer_end, skew); });
  loop.run();
  std::puts(self.how.c_str());
  return 0;
}

sim::nat_options nat_of(const std::string& kind) {
  using sim::nat_dependence;
  sim::nat_options result;
  if (kind == "preserving") return result;
  if (kind == "full_cone") {
    result.filtering = nat_dependence::endpoint_independent;
  } else if (kind == "range") {
    result.ports = sim::nat_ports::sequential;
    result.port_first = 20'000;
    result.port_last = 20'999;
  } else if (kind == "reset") {
    result.unsolicited = sim::nat_refusal::reset;
  } else if (kind == "unreachable") {
    result.unsolicited = sim::nat_refusal::port_unreachable;
  } else if (kind == "symmetric") {
    result.mapping = nat_dependence::address_and_port_dependent;
    result.ports = sim::nat_ports::random;
  } else {
    throw std::runtime_error{"no such kind of NAT: " + kind};
  }
  return result;
}

int simulate(const std::string& left, const std::string& right, std::chrono::milliseconds skew) {
  sim::simulation run{1};
  sim::fabric fabric{run};
  auto& internet = fabric.add_segment("internet", {.link = {.latency = 20ms}});
  fabric.add_host("introducer", internet, "10.9.0.1/24");
  const auto add_guest = [&](const std::string& name, int number, const std::string& kind) {
    const auto inner = "192.168." + std::to_string(number) + '.';
    auto& lan = fabric.add_segment(name + "-lan");
    auto& router = fabric.add_router(name + "-router");
    router.attach(internet, "10.9.0.1" + std::to_string(number) + "/24");
    router.attach(lan, inner + "1/24");
    router.add_nat(internet, nat_of(kind));
    fabric.add_host(name, lan, inner + "2/24", inner + "1");
    return parsed(inner + "2:7000");
  };
  const auto left_end = add_guest("left", 1, left);
  const auto right_end = add_guest("right", 2, right);

  sim::tcp_hosts hosts{fabric};
  const auto introducer_net = hosts.start_program("introducer");
  const auto left_net = hosts.start_program("left");
  const auto right_net = hosts.start_program("right");
  introducer host{*introducer_net, parsed("10.9.0.1:7440")};
  guest guests[] = {{*left_net, left_end}, {*right_net, right_end}};
  spawn_task(introducer_net->executor(), [&] { return host.serve(); });
  for (auto& each : guests) {
    spawn_task(each.net.executor(), [&] {
      return each.meet(host.door->local_endpoint(), &each == &guests[1] ? skew : 0ms);
    });
  }
  const auto all_done = [&] {
    return std::ranges::none_of(guests, [](const auto& each) { return each.how.empty(); });
  };
  run.run_until(all_done, 1min);
  for (const auto& each : guests) std::puts(each.how.c_str());
  return 0;
}

}  // namespace

int main(int argc, char** argv) try {
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (words.size() == 2 && words[0] == "introduce") return introduce(parsed(words[1]));
  const bool three = words.size() == 3 || words.size() == 4;
  if (three && words[0] == "meet") return meet(parsed(words[1]), parsed(words[2]), skew_of(words));
  if (three && words[0] == "simulate") return simulate(words[1], words[2], skew_of(words));
  std::fputs("usage: see the top of nat_puncher.cpp\n", stderr);
  return 1;
} catch (const std::exception& e) {
  std::fprintf(stderr, "nat_puncher: %s\n", e.what());
  return 1;
}

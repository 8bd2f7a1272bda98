// A protocol of one's own on hobnob's `network` and `stream`, over a simulated network: an echo
// server on the internet, and a client behind a NAT whose answer comes late because the link
// stalls. Needs hobnob::sim alone: no actors, no CAF.

#include "transport/sim/fabric.hpp"
#include "transport/sim/fault_injector.hpp"
#include "transport/sim/simulation.hpp"
#include "transport/sim/tcp_hosts.hpp"
#include "transport/sim/trace_writer.hpp"
#include "transport/spawn_task.hpp"

#include <exception>
#include <iostream>
#include <string>

namespace {

namespace sim = hobnob::sim;
using namespace std::chrono_literals;

hobnob::awaitable<void> serve(hobnob::network& net) {
  auto opened = net.listen({hobnob::ip_address::v4({0, 0, 0, 0}), 7}, {});
  auto client = co_await opened.value->accept();
  hobnob::bytes line(5);
  co_await read_all(*client.value, line);
  std::cout << "the server sees " << to_string(client.value->remote_endpoint()) << '\n';
  co_await write_all(*client.value, line);
}

hobnob::awaitable<void> ask(hobnob::network& net, std::string& answer) {
  const auto found = co_await net.resolve("server");
  auto dialled = co_await net.dial({found.value.front(), 7}, {});
  const std::string question = "hello";
  co_await write_all(*dialled.value, hobnob::as_byte_view(question));
  hobnob::bytes line(question.size());
  co_await read_all(*dialled.value, line);
  answer.assign(reinterpret_cast<const char*>(line.data()), line.size());
}

}  // namespace

int main() try {
  sim::simulation run{42};
  sim::fabric net{run};
  auto& internet = net.add_segment("internet", {.link = {.latency = 20ms}});
  auto& lan = net.add_segment("lan");
  auto& home = net.add_router("home");
  home.attach(internet, "203.0.113.1/8");
  home.attach(lan, "10.0.0.1/24");
  home.add_nat(internet, {});
  net.add_host("client", lan, "10.0.0.2/24", "10.0.0.1");
  net.add_host("server", internet, "203.0.113.9/8");

  sim::tcp_hosts hosts{net};
  const auto server = hosts.start_program("server");
  const auto client = hosts.start_program("client");
  std::string answer;
  hobnob::spawn_task(server->executor(), [&] { return serve(*server); });
  hobnob::spawn_task(client->executor(), [&] { return ask(*client, answer); });

  sim::fault_injector faults{net};
  run.after(50ms, [&] { faults.apply("stall internet 3s"); });
  const bool answered = run.run_until([&] { return !answer.empty(); }, 1min);
  std::cout << "after " << std::chrono::duration<double>(run.now() - sim::simulation::start).count()
            << " s: " << answer << '\n';
  write_mermaid(std::cout, run.log(), {"client", "home", "server"});
  server->end(sim::process_end::killed);
  client->end(sim::process_end::killed);
  run.run_for(0s);
  return answered ? 0 : 1;
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}

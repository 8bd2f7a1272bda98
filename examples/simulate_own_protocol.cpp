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

void say(const char* what, const hobnob::error_code& error) {
  std::cout << "cannot " << what << ": " << error.message() << '\n';
}

// Every step may fail, and does when the network is broken enough or the program ends.
hobnob::awaitable<void> serve(hobnob::network& net) {
  auto opened = net.listen({hobnob::ip_address::v4({0, 0, 0, 0}), 7}, {});
  if (opened.error) co_return say("listen", opened.error);
  auto client = co_await opened.value->accept();
  if (client.error) co_return say("accept", client.error);
  hobnob::bytes line(5);
  const auto read = co_await read_all(*client.value, line);
  if (read.error) co_return say("read", read.error);
  std::cout << "the server sees " << to_string(client.value->remote_endpoint()) << '\n';
  const auto written = co_await write_all(*client.value, line);
  if (written.error) say("write", written.error);
}

hobnob::awaitable<void> ask(hobnob::network& net, std::string& answer) {
  const auto found = co_await net.resolve("server");
  if (found.error) co_return say("resolve", found.error);
  auto dialled = co_await net.dial({found.value.front(), 7}, {});
  if (dialled.error) co_return say("dial", dialled.error);
  const std::string question = "hello";
  const auto written = co_await write_all(*dialled.value, hobnob::as_byte_view(question));
  if (written.error) co_return say("write", written.error);
  hobnob::bytes line(question.size());
  const auto read = co_await read_all(*dialled.value, line);
  if (read.error) co_return say("read", read.error);
  answer = hobnob::as_text(line);
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

  // Programs end before the network under them: their waits, if there still are any, are told so in
  // the run that follows, and the coroutines return.
  server->end(sim::process_end::killed);
  client->end(sim::process_end::killed);
  run.run_for(0s);
  return answered ? 0 : 1;
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}

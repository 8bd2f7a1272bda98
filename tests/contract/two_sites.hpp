#pragma once

#include "tests/contract/worlds.hpp"
#include "transport/dialler.hpp"

#include <cstdlib>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

namespace hobnob::test {

/// An address of either family.
struct place {
  const char* v4;
  const char* v6;

  endpoint at(bool by_v6, std::uint16_t port) const {
    return {ip_address::parse(by_v6 ? v6 : v4).value(), port};
  }
};

/// Where dials go, the same for real (namespaces that netns/contract_test.py makes) and simulated.
/// We are at 10.9.0.1 and fd09::1; a router leads to the rest of 10.0.0.0/8 and fd00::/12.
namespace places {

constexpr place far{"10.8.0.2", "fd08::2"};               // A host behind the router.
constexpr place nobody_near{"10.9.0.99", "fd09::99"};     // On our LAN, where nobody has it.
constexpr place nobody_far{"10.8.0.99", "fd08::99"};      // On that host's LAN.
constexpr place no_way_near{"192.0.2.1", "2001:db8::1"};  // Our host has no route.
constexpr place no_way_far{"10.7.0.1", "fd07::1"};        // The router has none.
constexpr place silent{"10.6.0.1", "fd06::1"};            // The router drops it without a word.
constexpr place resetting{"10.5.0.1", "fd05::1"};         // A firewall answers with an RST,
constexpr place refusing{"10.4.0.1", "fd04::1"};          // or by ICMP: port unreachable.

}  // namespace places

/// So that nobody waits for minutes: a SYN is sent again after 1 s and given up after 2 more, data
/// after 0.2 and 0.4 s and 0.8 more; three connections at most wait to be accepted.
inline constexpr sim::tcp_options impatient_tcp{
    .backlog = 2, .tcp_syn_retries = 1, .tcp_syn_linear_timeouts = 0, .tcp_retries2 = 2};

/// The real hosts; `exist` says whether there are any.
class real_sites : public loop {
 public:
  static constexpr auto late_by_at_most = patience;
  static bool exist() { return std::getenv("HOBNOB_ROUTER") != nullptr; }

  /// The kernels count as they do, or as `impatient_tcp` says.
  explicit real_sites(bool impatient) {
    if (!impatient || !exist()) return;
    set("ipv4/tcp_syn_retries", impatient_tcp.tcp_syn_retries);
    set("ipv4/tcp_syn_linear_timeouts", impatient_tcp.tcp_syn_linear_timeouts);
    set("ipv4/tcp_retries2", impatient_tcp.tcp_retries2);
    const auto backlog = std::to_string(impatient_tcp.backlog);
    EXPECT_TRUE(far_host{}.there([&] { return write("core/somaxconn", backlog); }));
    undo_.push_back([] { far_host{}.there([] { return write("core/somaxconn", "4096"); }); });
  }

  ~real_sites() {
    for (const auto& undo : undo_) undo();
  }

  std::unique_ptr<listener> listen(const endpoint& local) { return far_host{}.listen(net, local); }

  /// From now on nothing gets to the far host; the router says so by ICMP, or nothing at all.
  void cut_off(bool told) {
    if (told) {
      for (std::string way : {"10.8.0.0/24 dev lan", "fd08::/64 dev lan"})
        change("del", "add", way);
    } else {
      for (std::string way : {"10.8.0.2/32", "fd08::2/128"})
        change("add", "del", "blackhole " + way);
    }
  }

 private:
  static bool write(const std::string& setting, const std::string& value) {
    return static_cast<bool>(std::ofstream{"/proc/sys/net/" + setting} << value << std::flush);
  }

  /// Until the end of this world; nothing where the kernel does not know it.
  void set(const std::string& setting, std::uint32_t value) {
    std::string before;
    if (!(std::ifstream{"/proc/sys/net/" + setting} >> before)) return;
    EXPECT_TRUE(write(setting, std::to_string(value))) << setting;
    undo_.push_back([setting, before] { write(setting, before); });
  }

  void change(const std::string& what, const std::string& back, const std::string& way) {
    route(what + " " + way);
    undo_.push_back([back, way] { route(back + " " + way); });
  }

  static void route(const std::string& what) {
    const auto command = "ip -n " + std::string{std::getenv("HOBNOB_ROUTER")} + " route " + what;
    EXPECT_EQ(std::system(command.c_str()), 0) << command;
  }

  std::vector<std::function<void()>> undo_;
};

/// The simulated ones.
class sim_sites : public sim_loop {
 public:
  static constexpr auto late_by_at_most = std::chrono::milliseconds{100};
  static bool exist() { return true; }

  explicit sim_sites(bool impatient) : sim_loop(impatient ? impatient_tcp : sim::tcp_options{}) {
    plug(host, near_lan_, "10.9.0.1/24", "fd09::1/64");
    plug(router_, near_lan_, "10.9.0.254/24", "fd09::fe/64");
    plug(router_, far_lan_, "10.8.0.1/24", "fd08::1/64");
    plug(router_, nowhere_, "10.6.0.254/24", "fd06::fe/64");
    way(host, "10.0.0.0/8", "10.9.0.254");
    way(host, "fd00::/12", "fd09::fe");
    way(far_, "10.0.0.0/8", "10.8.0.1");
    way(far_, "fd00::/12", "fd08::1");
    firewall("5", sim::nat_refusal::reset);
    firewall("4", sim::nat_refusal::port_unreachable);
  }

  std::unique_ptr<listener> listen(const endpoint& local) {
    auto made = far_program_->listen(local, {});
    if (made.error) throw std::runtime_error{made.error.message()};
    return std::move(made.value);
  }

  void cut_off(bool told) {
    if (told) return router_.detach(far_lan_);
    fabric.cut(router_, far_);
  }

 private:
  static void plug(sim::node& what, sim::segment& into, const std::string& v4,
                   const std::string& v6) {
    what.attach(into, v4);
    what.attach(into, v6);
  }

  static void way(sim::node& from, std::string_view to, std::string_view by) {
    from.add_route(sim::ip_prefix::parse(to).value(), ip_address::parse(by).value());
  }

  /// Between our LAN and one whose addresses have this digit.
  void firewall(const std::string& digit, sim::nat_refusal unsolicited) {
    auto& wall = fabric.add_router("firewall " + digit);
    plug(wall, near_lan_, "10.9.0.20" + digit + "/24", "fd09::f" + digit + "/64");
    plug(wall, fabric.add_segment("behind firewall " + digit), "10." + digit + ".0.254/24",
         "fd0" + digit + "::fe/64");
    wall.add_nat(near_lan_, {.translate = false, .unsolicited = unsolicited});
    way(host, "10." + digit + ".0.0/24", "10.9.0.20" + digit);
    way(host, "fd0" + digit + "::/64", "fd09::f" + digit);
  }

  sim::segment& near_lan_ = fabric.add_segment("near lan");
  sim::segment& far_lan_ = fabric.add_segment("far lan");
  sim::segment& nowhere_ =
      fabric.add_segment("nowhere", {.unknown = sim::unknown_address::silence});
  sim::node& router_ = fabric.add_router("router");
  sim::node& far_ = [this]() -> sim::node& {
    auto& made = fabric.add_host("far");
    plug(made, far_lan_, "10.8.0.2/24", "fd08::2/64");
    return made;
  }();
  std::unique_ptr<sim::sim_network> far_program_ = hosts.start_program("far");
};

/// Dials without TLS.
template <class Sites>
struct bare_sites : Sites {
  using Sites::Sites;

  awaitable<error_code> try_dial(endpoint remote, time_point until) {
    const dial_options options{{}, until};
    auto dialled = co_await this->net.dial(remote, options);
    co_return dialled.error;
  }
  stream_pair secured(stream_pair ends) { return ends; }
};

/// Dials with it.
template <class Sites>
struct tls_sites : Sites {
  using Sites::Sites;

  awaitable<error_code> try_dial(endpoint remote, time_point until) {
    const dial_request request{.remote = remote, .local = {}, .expected = {}, .until = until};
    const auto self = make_context(*this, 1);
    auto dialled = co_await dial(this->net, self, request, connection_config{});
    co_return dialled.error.error;
  }
  stream_pair secured(stream_pair ends) { return with_tls(*this, std::move(ends)); }
};

struct real_tcp : bare_sites<real_sites> {
  using bare_sites::bare_sites;
  static constexpr const char* name = "tcp";
};
struct real_tls : tls_sites<real_sites> {
  using tls_sites::tls_sites;
  static constexpr const char* name = "tls";
};
struct sim_tcp : bare_sites<sim_sites> {
  using bare_sites::bare_sites;
  static constexpr const char* name = "sim";
};
struct sim_tls : tls_sites<sim_sites> {
  using tls_sites::tls_sites;
  static constexpr const char* name = "sim_tls";
};
using sites = testing::Types<real_tcp, real_tls, sim_tcp, sim_tls>;

}  // namespace hobnob::test

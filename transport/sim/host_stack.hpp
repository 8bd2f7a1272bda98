#pragma once

#include "transport/network.hpp"
#include "transport/sim/fabric.hpp"
#include "transport/sim/listening_socket.hpp"
#include "transport/sim/name_table.hpp"
#include "transport/sim/port_table.hpp"
#include "transport/sim/tcp_socket.hpp"

#include <map>
#include <memory>
#include <unordered_map>
#include <vector>

namespace hobnob::sim {

/// How a program ends.
enum class process_end : std::uint8_t {
  /// Its host goes on and closes its sockets: an RST where bytes were left unread, else a FIN.
  killed,
  /// Its host ends with it: nothing is sent any more, what comes is lost, until `boot`. Then the
  /// host answers what came to connections from before with an RST.
  crashed,
};

/// The TCP of one host: its connections, listeners and ports. Programs reach it by `sim_network`.
class host_stack final : public packet_sink {
 public:
  /// `names` must outlive it, as the fabric must.
  host_stack(fabric& network, node& host, const name_table& names, const tcp_options& options = {});
  ~host_stack() override;

  host_stack(const host_stack&) = delete;
  host_stack& operator=(const host_stack&) = delete;

  simulation& owner() noexcept { return network_.owner(); }
  node& host() noexcept { return host_; }
  const tcp_options& options() const noexcept { return options_; }

  /// Connections in any state, TIME_WAIT included.
  std::size_t connections() const noexcept { return by_number_.size(); }

  /// The power fails: all connections and listeners vanish. Their programs' calls and waits are
  /// `operation_aborted`.
  void crash();
  void boot() { host_.set_power(true); }

  /// The host's time of day jumps; timers do not.
  void jump_clock(duration by) { wall_offset_ += by; }
  wall_time wall() const;

  /// Addresses of a name: `localhost`, an entry of the name table, or a host of the fabric.
  std::vector<ip_address> resolve(std::string_view name) const;

  // For `sim_network`.

  process_id begin_process();

  /// Of a program that has not ended; of a new one for any other.
  std::shared_ptr<pause_gate> gate_of(process_id which) const;
  void end_process(process_id which, process_end how);

  /// As the end of a program (killed), but the coroutines that wait are destroyed where they stand.
  void drop_process(process_id which);

  /// Random numbers of the host's `which`th program.
  random_source random_of(process_id which) const;

  io_value<std::shared_ptr<listening_socket>> listen(process_id owner, endpoint local,
                                                     const listen_options& options);

  /// A connection whose SYN is on its way.
  io_value<std::shared_ptr<tcp_socket>> dial(process_id owner, endpoint remote,
                                             const endpoint& local);

  // packet_sink

  void receive(packet arrived) override;
  void reset_connections(const std::vector<ip_address>& remotes) override;
  void limit_reading(std::uint64_t bytes_per_second) override;

 private:
  friend class tcp_socket;
  friend class listening_socket;

  struct endpoints {
    endpoint local, remote;
    friend bool operator==(const endpoints&, const endpoints&) = default;
  };
  struct endpoints_hash {
    std::size_t operator()(const endpoints& value) const noexcept;
  };
  struct binding {
    endpoint local;
    bool reuse_address = false;
    bool reuse_port = false;
  };

  bool has_address(const ip_address& address) const;
  error_code bind_dial(const endpoint& remote, const endpoint& wanted, binding& result);
  error_code choose_local(const endpoint& remote, binding& bound);
  std::shared_ptr<tcp_socket> make_socket(process_id owner, const endpoints& ends,
                                          bool reuse_address, bool reuse_port);
  void receive_syn(const packet& syn);
  listening_socket* find_listener(const endpoint& local) const;
  std::vector<std::shared_ptr<tcp_socket>> sockets() const;

  tcp_machine::packets& outbox() noexcept { return outbox_; }
  void send_outbox();
  void forget(tcp_socket& socket);
  void forget(listening_socket& socket);

  fabric& network_;
  node& host_;
  const name_table& names_;
  tcp_options options_;
  random_source random_;
  duration wall_offset_{};
  std::uint64_t read_rate_ = 0;  // Bytes a second of each connection; 0: no limit.
  port_table ports_;
  std::map<std::uint64_t, std::shared_ptr<tcp_socket>> by_number_;
  std::unordered_map<endpoints, tcp_socket*, endpoints_hash> by_endpoints_;  // Looked up only.
  std::map<endpoint, std::shared_ptr<listening_socket>> listeners_;
  std::uint64_t last_number_ = 0;
  std::uint64_t last_process_ = 0;
  std::map<process_id, std::shared_ptr<pause_gate>> gates_;
  tcp_machine::packets outbox_;
};

}  // namespace hobnob::sim

#include "transport/sim/host_stack.hpp"

#include <boost/asio/error.hpp>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace hobnob::sim {

namespace asio = boost::asio;

namespace {

std::uint64_t mixed(std::uint64_t value) {
  value = (value ^ (value >> 31)) * 0x9e37'79b9'7f4a'7c15;
  return value ^ (value >> 29);
}

std::uint64_t hash_of(const endpoint& value) {
  std::array<std::uint64_t, 2> halves{};
  std::memcpy(halves.data(), value.address.v6_octets().data(), sizeof halves);
  return mixed(halves[0] + mixed(halves[1] + mixed(value.port)));
}

error_code address_not_available() { return {EADDRNOTAVAIL, boost::system::system_category()}; }

ip_address wildcard_like(const ip_address& other) {
  return other.is_v4() ? ip_address::v4({0, 0, 0, 0}) : ip_address{};
}

ip_address loopback_like(const ip_address& other) {
  if (other.is_v4()) return ip_address::v4({127, 0, 0, 1});
  return ip_address::v6({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1});
}

}  // namespace

std::size_t host_stack::endpoints_hash::operator()(const endpoints& value) const noexcept {
  return mixed(hash_of(value.local) + mixed(hash_of(value.remote)));
}

host_stack::host_stack(fabric& network, node& host, const name_table& names,
                       const tcp_options& options)
    : network_(network),
      host_(host),
      names_(names),
      options_(options),
      random_(network.owner().random().fork("tcp of " + host.name())) {
  host_.set_sink(this);
}

host_stack::~host_stack() {
  host_.set_sink(nullptr);
  const auto all = sockets();
  const auto listening = std::exchange(listeners_, {});
  for (const auto& [local, socket] : listening) {
    socket->stack_ = nullptr;
    socket->queue_.clear();
  }
  for (const auto& socket : all) {
    socket->disarm_timer();
    socket->stack_ = nullptr;
  }
  for (const auto& [local, socket] : listening) socket->forget_waits();
  for (const auto& socket : all) socket->forget_waits();
}

wall_time host_stack::wall() const {
  return network_.owner().wall() + std::chrono::duration_cast<wall_time::duration>(wall_offset_);
}

std::vector<ip_address> host_stack::resolve(std::string_view name) const {
  if (name == "localhost") {
    return {loopback_like(ip_address::v4({})), loopback_like(ip_address{})};
  }
  if (const auto* known = names_.find(name)) return *known;
  if (const auto* other = network_.find_node(name)) return other->addresses();
  return {};
}

// Programs.

process_id host_stack::begin_process() {
  const process_id result{++last_process_};
  gates_.emplace(result, std::make_shared<pause_gate>(owner().context()));
  return result;
}

std::shared_ptr<pause_gate> host_stack::gate_of(process_id which) const {
  const auto found = gates_.find(which);
  if (found != gates_.end()) return found->second;
  return std::make_shared<pause_gate>(network_.owner().context());
}

random_source host_stack::random_of(process_id which) const {
  const auto number = std::to_string(static_cast<std::uint64_t>(which));
  return network_.owner().random().fork("program " + number + " of " + host_.name());
}

void host_stack::end_process(process_id which, process_end how) {
  if (auto gate = gates_.extract(which)) gate.mapped()->resume();
  if (how == process_end::crashed) return crash();
  for (const auto& [local, socket] : std::map{listeners_}) {
    if (socket->owner() == which) socket->close();
  }
  for (const auto& socket : sockets()) {
    if (socket->owner() == which) socket->close(stream::close_mode::graceful);
  }
}

void host_stack::drop_process(process_id which) {
  for (const auto& [local, socket] : std::map{listeners_}) {
    if (socket->owner() == which) socket->forget_waits();
  }
  for (const auto& socket : sockets()) {
    if (socket->owner() == which) socket->forget_waits();
  }
  end_process(which, process_end::killed);
}

void host_stack::crash() {
  host_.set_power(false);
  for (const auto& [which, gate] : std::exchange(gates_, {})) gate->resume();
  for (const auto& [local, socket] : std::map{listeners_}) socket->close();
  for (const auto& socket : sockets()) {
    socket->orphan();
    socket->give_up(asio::error::operation_aborted);
  }
}

// Listening and dialling.

bool host_stack::has_address(const ip_address& address) const {
  return address.is_wildcard() || address.is_loopback() || host_.owns(address);
}

io_value<std::shared_ptr<listening_socket>> host_stack::listen(process_id owner, endpoint local,
                                                               const listen_options& options) {
  if (!has_address(local.address)) return {address_not_available(), {}};
  if (local.port == 0) {
    const auto port = ports_.ephemeral(random_.next(), [](std::uint16_t) { return false; });
    if (!port) return {asio::error::address_in_use, {}};
    local.port = *port;
  }
  port_claim claim{local, true, false, true};
  if (ports_.conflicts(claim)) return {asio::error::address_in_use, {}};
  // Only now: it lets dials leave from here, but no second listener share the port.
  claim.reuse_port = options.shared_with_dials;
  auto socket = std::make_shared<listening_socket>(*this, owner, local, options_.backlog,
                                                   claim.reuse_port, ports_.add(claim));
  listeners_.emplace(local, socket);
  return {{}, std::move(socket)};
}

/// What a dial towards `remote` can be bound to of what was `wanted`: as the real network does it.
error_code host_stack::bind_dial(const endpoint& remote, const endpoint& wanted, binding& result) {
  const binding unbound{{wildcard_like(remote.address), 0}};
  result = unbound;
  if (wanted.port == 0 && wanted.address.is_wildcard()) return {};
  const bool fits = wanted.address.is_v4() == remote.address.is_v4() &&
                    (!wanted.address.is_loopback() || remote.address.is_loopback());
  result = {
      {fits ? wanted.address : wildcard_like(remote.address), wanted.port}, true, wanted.port != 0};
  if (!has_address(result.local.address)) return address_not_available();
  const port_claim claim{result.local, result.reuse_address, result.reuse_port, false};
  // Held by another program's socket: rather from any port than not at all.
  if (wanted.port != 0 && ports_.conflicts(claim)) result = unbound;
  return {};
}

error_code host_stack::choose_local(const endpoint& remote, binding& bound) {
  if (bound.local.address.is_wildcard()) {
    const auto source = host_.source_for(remote.address);
    if (!source) return asio::error::network_unreachable;
    bound.local.address = *source;
  }
  if (bound.local.port == 0) {
    const auto port = ports_.ephemeral(random_.next(), [&](std::uint16_t candidate) {
      const port_claim claim{{bound.local.address, candidate}, bound.reuse_address, false, false};
      return !ports_.conflicts(claim) &&
             !by_endpoints_.contains({{bound.local.address, candidate}, remote});
    });
    if (!port) return address_not_available();
    bound.local.port = *port;
  }
  // Also while the other side's dial is arriving, or its connection waits to be accepted here.
  if (by_endpoints_.contains({bound.local, remote})) return address_not_available();
  return {};
}

io_value<std::shared_ptr<tcp_socket>> host_stack::dial(process_id owner, endpoint remote,
                                                       const endpoint& local) {
  if (remote.address.is_wildcard()) remote.address = loopback_like(remote.address);
  binding bound;
  if (auto error = bind_dial(remote, local, bound)) return {error, {}};
  if (auto error = choose_local(remote, bound)) return {error, {}};
  auto socket = make_socket(owner, {bound.local, remote}, bound.reuse_address, bound.reuse_port);
  socket->connect();
  return {{}, std::move(socket)};
}

std::shared_ptr<tcp_socket> host_stack::make_socket(process_id owner, const endpoints& ends,
                                                    bool reuse_address, bool reuse_port) {
  const auto claim = ports_.add({ends.local, reuse_address, reuse_port, false});
  const auto start = random_.next() | 1;
  auto socket = std::make_shared<tcp_socket>(
      *this, owner, tcp_machine{ends.local, ends.remote, start, options_}, claim);
  socket->number_ = ++last_number_;
  by_number_.emplace(last_number_, socket);
  by_endpoints_.emplace(ends, socket.get());
  return socket;
}

// Packets.

void host_stack::receive(packet arrived) {
  const bool icmp = arrived.kind == packet_kind::unreachable;
  const auto& local = icmp ? arrived.about.local : arrived.to;
  const auto& remote = icmp ? arrived.about.remote : arrived.from;
  const auto found = by_endpoints_.find({local, remote});
  if (found != by_endpoints_.end()) {
    auto& socket = *found->second;
    // A new connection may take the place of one that only waits for stragglers.
    const bool replaces =
        arrived.kind == packet_kind::syn && socket.machine().state() == tcp_state::time_wait &&
        socket.machine().remote_start() != arrived.start && find_listener(arrived.to) != nullptr;
    if (!replaces) return socket.receive(arrived);
    socket.disarm_timer();
    forget(socket);
  }
  if (arrived.kind == packet_kind::syn && find_listener(arrived.to)) return receive_syn(arrived);
  if (icmp || arrived.kind == packet_kind::reset) return;
  network_.send(host_, reset_answering(arrived));
}

listening_socket* host_stack::find_listener(const endpoint& local) const {
  auto found = listeners_.find(local);
  if (found == listeners_.end()) {
    found = listeners_.find({wildcard_like(local.address), local.port});
  }
  return found == listeners_.end() ? nullptr : found->second.get();
}

void host_stack::receive_syn(const packet& syn) {
  auto& listener = *find_listener(syn.to);
  if (listener.full()) return;
  auto child = make_socket(process_id::none, {syn.to, syn.from}, true, listener.reuse_port());
  child->set_parent(&listener);
  child->receive(syn);
}

void host_stack::reset_connections(const std::vector<ip_address>& remotes) {
  for (const auto& socket : sockets()) {
    const auto& remote = socket->machine().remote().address;
    if (std::find(remotes.begin(), remotes.end(), remote) != remotes.end()) socket->reset();
  }
}

void host_stack::limit_reading(std::uint64_t bytes_per_second) {
  read_rate_ = bytes_per_second;
  for (const auto& socket : sockets()) socket->read_limit_changed();
}

void host_stack::send_outbox() {
  for (auto& each : outbox_) network_.send(host_, std::move(each));
  outbox_.clear();
}

std::vector<std::shared_ptr<tcp_socket>> host_stack::sockets() const {
  std::vector<std::shared_ptr<tcp_socket>> all;
  all.reserve(by_number_.size());
  for (const auto& [number, socket] : by_number_) all.push_back(socket);
  return all;
}

void host_stack::forget(tcp_socket& socket) {
  ports_.remove(socket.claim());
  by_endpoints_.erase({socket.machine().local(), socket.machine().remote()});
  socket.stack_ = nullptr;
  by_number_.erase(socket.number_);  // May end the socket's life.
}

void host_stack::forget(listening_socket& socket) {
  ports_.remove(socket.claim());
  for (const auto& child : sockets()) {
    if (child->parent() != &socket) continue;
    // Not open yet: forgotten in silence. What the other side sends then gets an RST.
    child->set_parent(nullptr);
    child->give_up({});
  }
  const auto found = listeners_.find(socket.local());
  if (found != listeners_.end() && found->second.get() == &socket) listeners_.erase(found);
}

}  // namespace hobnob::sim

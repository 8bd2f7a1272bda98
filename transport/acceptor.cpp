#include "transport/acceptor.hpp"

#include "transport/circuit_preamble.hpp"
#include "transport/handshaker.hpp"
#include "transport/log_limiter.hpp"
#include "transport/spawn_task.hpp"

#include <spdlog/spdlog.h>
#include <boost/asio/error.hpp>

#include <map>
#include <vector>

namespace hobnob {
namespace {

namespace asio = boost::asio;

constexpr auto descriptor_pause = std::chrono::milliseconds{250};
constexpr std::uint32_t log_lines_per_second = 10;

}  // namespace

struct acceptor::state : std::enable_shared_from_this<acceptor::state> {
  state(network& n, std::shared_ptr<const handshaker> h, acceptor_config k, on_connection t)
      : net(n),
        secure(std::move(h)),
        config(std::move(k)),
        tell(std::move(t)),
        places(config.admission) {}

  network& net;
  std::shared_ptr<const handshaker> secure;
  acceptor_config config;
  on_connection tell;
  admission places;
  acceptor_counts counts;
  log_limiter log{log_lines_per_second};
  std::vector<std::shared_ptr<listener>> listeners;
  std::map<std::uint64_t, stream*> in_handshake;  // In the order of their coming.
  bool stopped = false;

  awaitable<void> accept_loop(std::shared_ptr<listener> from);
  awaitable<void> serve(std::unique_ptr<stream> arrived);
  awaitable<handshake_result> begin(std::unique_ptr<stream> arrived, time_point until,
                                    std::shared_ptr<admission::ticket> place);
  void establish(handshake_result secured, connection_info info, connection_config settings,
                 const std::shared_ptr<admission::ticket>& place);
  void log_refusal(const endpoint& remote, const failure& why);
};

awaitable<void> acceptor::state::accept_loop(std::shared_ptr<listener> from) {
  auto self = shared_from_this();
  while (!stopped) {
    auto arrived = co_await from->accept();
    if (stopped) break;
    if (arrived.error == asio::error::no_descriptors) {
      if (auto more = log.allow(net.time().now())) {
        spdlog::error("too many open files: no new connections until some are closed");
      }
      // The connection stays in the backlog; trying at once again would spin.
      co_await net.time().sleep_until(net.time().now() + descriptor_pause);
      continue;
    }
    if (arrived.error) break;
    ++counts.accepted;
    spawn_task(net.executor(), [self, taken = std::move(arrived.value)]() mutable {
      return self->serve(std::move(taken));
    });
  }
}

awaitable<void> acceptor::state::serve(std::unique_ptr<stream> arrived) {
  auto self = shared_from_this();
  auto* raw = arrived.get();
  connection_info info;
  info.local_endpoint = raw->local_endpoint();
  info.remote_endpoint = raw->remote_endpoint();
  connection_config settings;
  settings.login_size_max = config.login_size_max;
  settings.login_until = net.time().now() + config.login_timeout;
  bool dropped = false;
  auto place = places.admit(info.remote_endpoint.address, [&dropped, raw] {
    dropped = true;
    raw->close(stream::close_mode::abort);
  });
  const auto number = counts.accepted;
  in_handshake.emplace(number, raw);
  auto secured = co_await begin(std::move(arrived), settings.login_until, place);
  in_handshake.erase(number);
  const bool joins = !secured.error && !secured.stream;
  if (stopped || joins) co_return;
  if (secured.error) {
    ++counts.failed;
    if (dropped)
      secured.error = {secured.error.error, "dropped to make room for newer connections"};
    log_refusal(info.remote_endpoint, secured.error);
    co_return;
  }
  establish(std::move(secured), info, std::move(settings), place);
}

/// TLS, or neither a stream nor an error when it was the way into a circuit.
awaitable<handshake_result> acceptor::state::begin(std::unique_ptr<stream> arrived,
                                                   time_point until,
                                                   std::shared_ptr<admission::ticket> place) {
  handshake_accept_options options;
  options.until = until;
  options.heard = [place] { place->advance(admission_stage::handshaking); };
  if (config.take_circuit) {
    auto first = co_await receive_first_bytes(*arrived, net.deadlines(), until, options.heard);
    handshake_result no_tls;
    no_tls.error = std::move(first.error);
    if (no_tls.error || stopped) co_return no_tls;
    if (first.token) {
      place->advance(admission_stage::handshaking,
                     [raw = arrived.get()] { raw->close(stream::close_mode::abort); });
      config.take_circuit(std::move(arrived), *first.token, std::move(place));
      co_return no_tls;
    }
    options.received = std::move(first.received);
  }
  co_return co_await secure->accept(std::move(arrived), net.deadlines(), std::move(options));
}

void acceptor::state::establish(handshake_result secured, connection_info info,
                                connection_config settings,
                                const std::shared_ptr<admission::ticket>& place) {
  ++counts.established;
  info.remote = secured.remote;
  info.remote_key = secured.remote_key;
  settings.login_token = place;
  auto connection = make_connection(net, std::move(secured.stream), info, std::move(settings));
  place->advance(admission_stage::login, [weak = std::weak_ptr{connection}] {
    if (auto alive = weak.lock()) {
      alive->close({close_reason::refused, "too many connections have not logged in", "busy"});
    }
  });
  tell(std::move(connection));
}

void acceptor::state::log_refusal(const endpoint& remote, const failure& why) {
  auto held_back = log.allow(net.time().now());
  if (!held_back) return;
  if (*held_back > 0) spdlog::warn("{} more connections were refused", *held_back);
  spdlog::warn("refused a connection from {}: {}", to_string(remote), why.text());
}

acceptor::acceptor(network& net, std::shared_ptr<const handshaker> secure, acceptor_config config,
                   on_connection tell)
    : state_(std::make_shared<state>(net, std::move(secure), std::move(config), std::move(tell))) {}

acceptor::~acceptor() { stop(); }

void acceptor::add(std::unique_ptr<listener> from) {
  std::shared_ptr<listener> shared = std::move(from);
  state_->listeners.push_back(shared);
  spawn_task(state_->net.executor(), [s = state_, shared] { return s->accept_loop(shared); });
}

void acceptor::stop() {
  if (state_->stopped) return;
  state_->stopped = true;
  for (auto& listening : state_->listeners) listening->close();
  for (auto& [number, half_open] : state_->in_handshake)
    half_open->close(stream::close_mode::graceful);
  state_->tell = nullptr;
}

acceptor_counts acceptor::counts() const {
  auto result = state_->counts;
  result.dropped = state_->places.dropped();
  result.waiting = state_->places.count();
  return result;
}

}  // namespace hobnob

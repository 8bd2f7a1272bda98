#include "transport/dialler.hpp"

#include "transport/circuit_preamble.hpp"
#include "transport/handshaker.hpp"

#include <utility>

namespace hobnob {
namespace {

/// TLS on a stream that the relay has joined with another peer's.
awaitable<handshake_result> secure_circuit(network& net, std::shared_ptr<const handshaker> secure,
                                           std::unique_ptr<stream> joined, circuit_pass pass,
                                           handshake_connect_options expecting) {
  handshake_result result;
  result.error = co_await enter_circuit(*joined, net.deadlines(), pass.token, expecting.until);
  if (result.error) co_return result;
  if (pass.tls_client)
    co_return co_await secure->connect(std::move(joined), net.deadlines(), expecting);
  handshake_accept_options accepting;
  accepting.until = expecting.until;
  result = co_await secure->accept(std::move(joined), net.deadlines(), std::move(accepting));
  if (!result.error && result.remote != expecting.expected) {
    result.stream.reset();
    result.error = {errc::key_mismatch};
  }
  co_return result;
}

}  // namespace

awaitable<dial_result> dial(network& net, std::shared_ptr<const handshaker> secure,
                            dial_request request, connection_config config) {
  dial_result result;
  dial_options options{request.local, request.until};
  auto dialled = co_await net.dial(request.remote, options);
  if (dialled.error) {
    result.error = {dialled.error};
    result.awaits_accept =
        request.local.port != 0 && dialled.error == boost::system::errc::address_not_available;
    co_return result;
  }
  connection_info info;
  info.local_endpoint = dialled.value->local_endpoint();
  info.remote_endpoint = dialled.value->remote_endpoint();
  const handshake_connect_options expecting{request.expected, request.until};
  handshake_result secured;
  if (request.circuit) {
    secured =
        co_await secure_circuit(net, secure, std::move(dialled.value), *request.circuit, expecting);
  } else {
    secured = co_await secure->connect(std::move(dialled.value), net.deadlines(), expecting);
  }
  result.met = secured.remote;
  result.error = std::move(secured.error);
  if (result.error) co_return result;
  info.remote = secured.remote;
  info.remote_key = secured.remote_key;
  info.dialled = !request.circuit || request.circuit->tls_client;
  info.by_circuit = request.circuit.has_value();
  info.crossed = secured.crossed;
  result.connection = make_connection(net, std::move(secured.stream), info, std::move(config));
  co_return result;
}

}  // namespace hobnob

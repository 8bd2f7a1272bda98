#include "transport/dialler.hpp"

#include "transport/handshaker.hpp"

namespace hobnob {

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
  auto secured = co_await secure->connect(std::move(dialled.value), net.deadlines(), expecting);
  result.met = secured.remote;
  result.error = std::move(secured.error);
  if (result.error) co_return result;
  info.remote = secured.remote;
  info.remote_key = secured.remote_key;
  info.dialled = true;
  info.crossed = secured.crossed;
  result.connection = make_connection(net, std::move(secured.stream), info, std::move(config));
  co_return result;
}

}  // namespace hobnob

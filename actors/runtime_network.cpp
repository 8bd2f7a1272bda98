#include "actors/runtime_network.hpp"

#include "actors/runtime.hpp"
#include "transport/tcp/tcp_network.hpp"

#include <boost/asio/execution_context.hpp>
#include <boost/asio/io_context.hpp>

namespace hobnob {
namespace {

// A service of the context: destroyed with it, after every stream and coroutine that uses it.
class network_service final : public boost::asio::execution_context::service {
 public:
  static inline boost::asio::execution_context::id id;

  explicit network_service(boost::asio::execution_context& context)
      : service(context), net(static_cast<boost::asio::io_context&>(context)) {}

  tcp_network net;

 private:
  void shutdown() override {}
};

}  // namespace

network& network_of(runtime& loop) {
  return boost::asio::use_service<network_service>(loop.context()).net;
}

}  // namespace hobnob

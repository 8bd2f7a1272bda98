#pragma once

#include "transport/network.hpp"

#include <boost/asio/io_context.hpp>

namespace hobnob {

/// The operating system's TCP and clocks, on the one thread that runs `context`. `context` must
/// outlive it and every stream and listener made from it.
class tcp_network final : public network {
 public:
  explicit tcp_network(boost::asio::io_context& context);

  boost::asio::any_io_executor executor() override { return context_.get_executor(); }
  clock& time() override { return *clock_; }
  watchdog& deadlines() override { return deadlines_; }
  void random(std::span<std::byte> out) override;
  io_value<std::unique_ptr<listener>> listen(const endpoint& local,
                                             const listen_options& options) override;
  awaitable<io_value<std::unique_ptr<stream>>> dial(const endpoint& remote,
                                                    const dial_options& options) override;
  awaitable<io_value<std::vector<ip_address>>> resolve(std::string host) override;
  std::vector<ip_address> interface_addresses() override;

 private:
  awaitable<io_value<std::unique_ptr<stream>>> do_dial(endpoint remote, dial_options options);

  boost::asio::io_context& context_;
  std::unique_ptr<clock> clock_;
  watchdog deadlines_;
};

}  // namespace hobnob

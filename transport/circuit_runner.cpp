#include "transport/circuit_runner.hpp"

#include "transport/tcp/tcp_network.hpp"
#include "transport/tcp/tcp_stream.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <thread>
#include <utility>

namespace hobnob {

namespace asio = boost::asio;

/// The circuits of one thread.
struct circuit_runner::live_circuits {
  explicit live_circuits(network& n) : net(n) {}

  void start(circuit::ends joined, circuit_terms terms, std::function<void(circuit_outcome)> tell) {
    std::erase_if(circuits, [](const auto& each) { return each.expired(); });
    auto started =
        std::make_shared<circuit>(net, std::move(joined), std::move(terms), std::move(tell));
    circuits.push_back(started);
    started->start();
  }

  void close_all() {
    for (const auto& each : std::exchange(circuits, {})) {
      if (const auto alive = each.lock()) alive->close("the relay stops");
    }
  }

  network& net;
  std::vector<std::weak_ptr<circuit>> circuits;
};

class circuit_runner::own_thread {
 public:
  own_thread() : thread_([this] { context_.run(); }) {}

  ~own_thread() {
    asio::post(context_, [this] {
      circuits_.close_all();
      // Those who wait for their rate are not waited for; they go with the context.
      asio::post(context_, [this] { context_.stop(); });
    });
    thread_.join();
  }

  own_thread(const own_thread&) = delete;
  own_thread& operator=(const own_thread&) = delete;

  asio::io_context& context() { return context_; }

  void start(circuit::ends joined, circuit_terms terms, std::function<void(circuit_outcome)> tell) {
    auto order = std::make_shared<circuit::ends>(std::move(joined));
    asio::post(context_, [this, order, terms = std::move(terms), tell = std::move(tell)]() mutable {
      circuits_.start(std::move(*order), std::move(terms), std::move(tell));
    });
  }

 private:
  asio::io_context context_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_{context_.get_executor()};
  tcp_network net_{context_};
  live_circuits circuits_{net_};
  std::thread thread_;
};

circuit_runner::circuit_runner(network& net)
    : net_(net), here_(std::make_unique<live_circuits>(net)) {}

circuit_runner::~circuit_runner() = default;

void circuit_runner::run(circuit::ends joined, circuit_terms terms,
                         std::function<void(circuit_outcome)> tell) {
  if (stopped_) return;
  auto* first = dynamic_cast<tcp_stream*>(joined[0].get());
  auto* second = dynamic_cast<tcp_stream*>(joined[1].get());
  if (!first || !second) return here_->start(std::move(joined), std::move(terms), std::move(tell));
  if (!there_) there_ = std::make_unique<own_thread>();
  circuit::ends moved{first->move_to(there_->context()), second->move_to(there_->context())};
  if (!moved[0] || !moved[1]) return tell({0, "a connection was gone"});
  there_->start(std::move(moved), std::move(terms), std::move(tell));
}

void circuit_runner::stop() {
  stopped_ = true;
  here_->close_all();
  there_.reset();
}

}  // namespace hobnob

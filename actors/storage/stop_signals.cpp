#include "actors/storage/stop_signals.hpp"

#include <csignal>
#include <utility>

namespace hobnob {
namespace {

constexpr int end_of_thread = SIGUSR2;

sigset_t handled_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int number : {SIGINT, SIGTERM, SIGHUP, end_of_thread}) sigaddset(&set, number);
  return set;
}

}  // namespace

stop_signals::stop_signals(std::function<void(int)> on_signal) {
  std::signal(SIGPIPE, SIG_IGN);
  const auto set = handled_signals();
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  thread_ = std::thread{[set, handle = std::move(on_signal)] {
    int number = 0;
    while (::sigwait(&set, &number) == 0 && number != end_of_thread) handle(number);
  }};
}

stop_signals::~stop_signals() {
  ::pthread_kill(thread_.native_handle(), end_of_thread);
  thread_.join();
}

}  // namespace hobnob

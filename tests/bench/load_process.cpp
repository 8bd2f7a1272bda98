#include "load_process.hpp"

#include "load_loop.hpp"
#include "load_session.hpp"

#include <unistd.h>
#include <boost/asio/buffer.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/read_until.hpp>
#include <cstdio>
#include <sstream>
#include <stdexcept>

namespace hobnob::bench {

namespace {

namespace asio = boost::asio;

/// Lines of stdin, read while the loop runs.
class order_reader {
 public:
  explicit order_reader(load_loop& loop)
      : loop_(loop), input_(loop.context, ::dup(STDIN_FILENO)) {}

  /// False at the end.
  bool next(std::string& line) {
    bool came = false;
    bool ended = false;
    asio::async_read_until(input_, asio::dynamic_buffer(text_), '\n',
                           [&](const error_code& error, std::size_t size) {
                             came = true;
                             ended = bool{error};
                             line = text_.substr(0, size);
                             text_.erase(0, size);
                           });
    loop_.run_until([&] { return came; });
    return !ended;
  }

 private:
  load_loop& loop_;
  asio::posix::stream_descriptor input_;
  std::string text_;
};

double log_in_more(load_loop& loop, const endpoint& relay, std::istream& what,
                   std::vector<load_session_ptr>& users) {
  std::size_t count = 0;
  unsigned first = 0;
  bool subscribed = false;
  what >> count >> first >> subscribed;
  const auto start = std::chrono::steady_clock::now();
  const auto more = log_in_users(loop, relay, count, first, subscribed);
  const auto seconds = seconds_since(start);
  for (const auto& user : users) {
    if (user->closed()) throw std::runtime_error("a session ended: " + user->trouble());
  }
  users.insert(users.end(), more.begin(), more.end());
  return seconds;
}

}  // namespace

load_process::load_process(const endpoint& relay)
    : process_({own_path(), "--role", "load", "--relay", to_string(relay)}) {}

double load_process::log_in(std::size_t count, std::size_t first_number, bool subscribed) {
  return std::stod(ask("login " + std::to_string(count) + ' ' + std::to_string(first_number) + ' ' +
                       (subscribed ? '1' : '0')));
}

void load_process::log_out() { ask("logout"); }

std::string load_process::ask(const std::string& order) {
  process_.write_line(order);
  const auto answer = process_.read_line();
  if (answer.rfind("done ", 0) != 0) throw std::runtime_error("a load process said: " + answer);
  return answer.substr(5);
}

int load_process_main(const bench_options& options) {
  const auto relay = endpoint::parse(options.text("--relay", ""));
  if (!relay) throw std::runtime_error("--role load needs --relay");
  load_loop loop;
  std::vector<load_session_ptr> users;
  order_reader orders{loop};
  std::puts("ready");
  std::fflush(stdout);
  for (std::string line; orders.next(line);) {
    std::istringstream words{line};
    std::string verb;
    words >> verb;
    double seconds = 0;
    if (verb == "login") seconds = log_in_more(loop, *relay, words, users);
    if (verb == "logout") {
      for (const auto& user : users) user->log_out();
      users.clear();
    }
    std::printf("done %.6f\n", seconds);
    std::fflush(stdout);
  }
  return 0;
}

}  // namespace hobnob::bench

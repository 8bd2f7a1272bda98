#pragma once

#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <functional>
#include <iostream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace hobnob::testing {

/// Runs seeds in processes beside each other. What a process has told stays told when it dies: it
/// is replaced by one that begins at the seed after.
class seed_workers {
 public:
  struct plan {
    std::uint64_t first_seed = 1;
    std::uint64_t seeds_max = 0;  ///< 0: as many as there is time for.
    unsigned jobs = 1;
    double seconds = 10;
    unsigned hang_after_s = 60;  ///< A seed that takes longer ends its process. 0: never.
  };

  using tell = std::function<void(const std::string& line)>;

  /// One seed, in a worker's process.
  using job = std::function<void(std::uint64_t seed, const tell& to_parent)>;

  struct death {
    std::uint64_t seed = 0;
    int status = 0;     ///< As of waitpid(2).
    bool told = false;  ///< Whether the seed had told something before.
  };

  /// What comes of it, in the parent's process.
  struct news {
    std::function<void(const std::string& line)> told;
    std::function<void(const death&)> died;
  };

  seed_workers(const plan& how, job what, news to)
      : how_(how), what_(std::move(what)), to_(std::move(to)), end_(steady::now() + span()) {}

  /// Until all seeds were run, or time is over, or the process is asked to end (SIGINT, SIGTERM).
  void run() {
    asked_to_end() = 0;
    std::signal(SIGINT, &ask_to_end);
    std::signal(SIGTERM, &ask_to_end);
    for (unsigned i = 0; i < how_.jobs; ++i) start(i);
    while (!all_.empty() && asked_to_end() == 0) look();
    for (auto& each : all_) kill(each.pid, SIGKILL);
    for (auto& each : all_) gather(each);
    all_.clear();
    std::signal(SIGINT, SIG_DFL);
    std::signal(SIGTERM, SIG_DFL);
  }

  /// Of all processes that have ended.
  double cpu_seconds() const noexcept { return cpu_s_; }

 private:
  using steady = std::chrono::steady_clock;

  struct worker {
    pid_t pid = -1;
    int output = -1;
    std::uint64_t number = 0;  // Of the seed that it is at.
    bool told = false;         // Of that seed.
    std::string text;          // Of a line that is not whole.
  };

  steady::duration span() const {
    return std::chrono::duration_cast<steady::duration>(
        std::chrono::duration<double>(how_.seconds));
  }

  static volatile std::sig_atomic_t& asked_to_end() {
    static volatile std::sig_atomic_t value = 0;
    return value;
  }
  static void ask_to_end(int) { asked_to_end() = 1; }

  bool is_left(std::uint64_t number) const {
    return (how_.seeds_max == 0 || number < how_.seeds_max) && steady::now() < end_;
  }

  void start(std::uint64_t number) {
    if (!is_left(number)) return;
    int ends[2];
    if (pipe(ends) != 0) throw std::runtime_error{"no pipe"};
    std::cout.flush();
    const auto pid = fork();
    if (pid == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      std::signal(SIGINT, SIG_IGN);
      std::signal(SIGTERM, SIG_DFL);
      close(ends[0]);
      live(number, ends[1]);
    }
    close(ends[1]);
    if (pid < 0) throw std::runtime_error{"no process"};
    all_.push_back({pid, ends[0], number, false, {}});
  }

  [[noreturn]] void live(std::uint64_t number, int output) const {
    try {
      work(number, output);
    } catch (const std::exception& error) {
      std::cerr << error.what() << std::endl;
      _exit(1);
    }
    std::cout.flush();
    _exit(0);
  }

  /// A line `@NUMBER` begins a seed; others are what it tells.
  void work(std::uint64_t number, int output) const {
    const auto write_line = [output](const std::string& line) {
      const auto whole = line + '\n';
      for (std::size_t done = 0; done < whole.size();) {
        const auto wrote = write(output, whole.data() + done, whole.size() - done);
        if (wrote < 0) _exit(1);  // The parent is gone.
        done += static_cast<std::size_t>(wrote);
      }
    };
    for (; is_left(number); number += how_.jobs) {
      write_line('@' + std::to_string(number));
      alarm(how_.hang_after_s);
      what_(how_.first_seed + number, write_line);
    }
    alarm(0);
  }

  /// Waits until one of them tells something or ends.
  void look() {
    std::vector<pollfd> waits;
    for (const auto& each : all_) waits.push_back({each.output, POLLIN, 0});
    if (poll(waits.data(), waits.size(), -1) < 0 && errno != EINTR)
      throw std::runtime_error{"poll fails"};
    std::vector<std::uint64_t> next;
    std::vector<worker> alive;
    for (std::size_t i = 0; i < all_.size(); ++i) {
      auto& each = all_[i];
      if (waits[i].revents == 0 || read_some(each)) {
        alive.push_back(std::move(each));
      } else if (!bury(each)) {
        next.push_back(each.number + how_.jobs);
      }
    }
    all_ = std::move(alive);
    for (const auto number : next) start(number);
  }

  /// False at its end.
  bool read_some(worker& from) {
    char buffer[4096];
    const auto got = read(from.output, buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) return true;
    if (got <= 0) return false;
    from.text.append(buffer, static_cast<std::size_t>(got));
    std::size_t begin = 0;
    for (std::size_t end; (end = from.text.find('\n', begin)) != std::string::npos;
         begin = end + 1) {
      const auto line = from.text.substr(begin, end - begin);
      if (line.starts_with('@')) {
        from.number = std::stoull(line.substr(1));
        from.told = false;
      } else {
        from.told = true;
        to_.told(line);
      }
    }
    from.text.erase(0, begin);
    return true;
  }

  int gather(worker& ended) {
    while (read_some(ended)) {
    }
    close(ended.output);
    int status = 0;
    rusage used{};
    wait4(ended.pid, &status, 0, &used);
    for (const auto& time : {used.ru_utime, used.ru_stime}) {
      cpu_s_ += static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    }
    return status;
  }

  /// Whether it came to a good end.
  bool bury(worker& ended) {
    const auto status = gather(ended);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return true;
    to_.died({how_.first_seed + ended.number, status, ended.told});
    return false;
  }

  plan how_;
  job what_;
  news to_;
  steady::time_point end_;
  std::vector<worker> all_;
  double cpu_s_ = 0;
};

}  // namespace hobnob::testing

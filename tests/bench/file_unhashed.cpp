#include "file_ends.hpp"

#include <cstdio>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

namespace hobnob::bench {

namespace {

/// Both ends are processes of that program.
class unhashed_files final : public file_client {
 public:
  unhashed_files()
      : sender_({std::filesystem::path{own_path()}.replace_filename("bench_file_unhashed").string(),
                 "--role", "unhashed_files"}),
        receiver_(std::stoi(sender_.first_line())) {}

  std::chrono::duration<double> send(const file_job& job) override {
    sender_.write_line(job.source.string());
    sender_.write_line(job.folder.string());
    const auto took = sender_.read_line();
    if (took.empty()) throw std::runtime_error("the sender without hashes has ended");
    return std::chrono::duration<double>{std::stod(took)};
  }

  pid_t other_end() const override { return 0; }  // None whose peak is told beside this one's.
  std::chrono::nanoseconds cpu_here() const override { return cpu_time(sender_.pid()); }
  std::chrono::nanoseconds cpu_there() const override { return cpu_time(receiver_); }

 private:
  child_process sender_;
  pid_t receiver_;
};

}  // namespace

std::unique_ptr<file_client> unhashed_file_client() { return std::make_unique<unhashed_files>(); }

int unhashed_files_main() {
  const auto client = hobnob_file_client(file_route::direct);
  std::printf("%d\n", client->other_end());
  std::fflush(stdout);
  for (std::string source, folder;
       std::getline(std::cin, source) && std::getline(std::cin, folder);) {
    std::printf("%.9g\n", client->send({source, folder}).count());
    std::fflush(stdout);
  }
  return 0;
}

}  // namespace hobnob::bench

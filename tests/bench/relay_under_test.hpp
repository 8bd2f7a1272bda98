#pragma once

#include "measure.hpp"

#include "transport/endpoint.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace hobnob::bench {

/// A relay in a process of its own: `relay_main`, or the bare one (this program with `--role
/// bare_relay`).
class relay_under_test {
 public:
  /// With `settings` of relay_main beside what the bench needs.
  static std::unique_ptr<relay_under_test> hobnob(const std::vector<std::string>& settings = {});
  static std::unique_ptr<relay_under_test> bare();
  ~relay_under_test();

  const endpoint& where() const noexcept { return where_; }

  /// What peers are given; empty for the bare one.
  const std::string& uri() const noexcept { return uri_; }
  pid_t pid() const noexcept { return process_->pid(); }

 private:
  relay_under_test() = default;

  std::filesystem::path folder_;
  std::unique_ptr<child_process> process_;
  endpoint where_;
  std::string uri_;
};

}  // namespace hobnob::bench

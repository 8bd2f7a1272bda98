#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

namespace hobnob::test {

/// How to see the running test again as this seed made it.
inline std::string replay_command(std::uint64_t seed) {
  const auto& test = *::testing::UnitTest::GetInstance()->current_test_info();
  return "SIM_SEED=" + std::to_string(seed) + " ctest -R '^" + test.test_suite_name() + '.' +
         test.name() + "$'";
}

/// Tests of this program in a process of its own, disabled ones too: all that they print, without
/// their times. `environment` as in a shell: `SIM_SEED=7`.
inline std::string output_of(const std::string& filter, const std::string& environment = {}) {
  const auto program = std::filesystem::read_symlink("/proc/self/exe").string();
  const auto command =
      "env -u SIM_LOG -u GTEST_OUTPUT -u GTEST_TOTAL_SHARDS -u GTEST_SHARD_INDEX " + environment +
      " '" + program + "' --gtest_also_run_disabled_tests --gtest_print_time=0 --gtest_filter='" +
      filter + "' 2>&1";
  const std::unique_ptr<FILE, int (*)(FILE*)> other{popen(command.c_str(), "r"), pclose};
  std::string output;
  char buffer[1024];
  while (other && std::fgets(buffer, sizeof buffer, other.get()) != nullptr) output += buffer;
  return output;
}

/// Of the run that an output tells of; empty if it tells of none.
inline std::string trace_hash_in(const std::string& output) {
  const std::string word = "trace hash ";
  const auto found = output.find(word);
  return found == output.npos ? std::string{} : output.substr(found + word.size(), 16);
}

/// What follows the first `word` in a text, as a number; 0 if there is none.
inline std::uint64_t number_after(const std::string& text, const std::string& word) {
  const auto found = text.find(word);
  std::uint64_t result = 0;
  for (auto at = found + word.size(); found != text.npos && at < text.size(); ++at) {
    if (text[at] < '0' || text[at] > '9') break;
    result = result * 10 + static_cast<std::uint64_t>(text[at] - '0');
  }
  return result;
}

}  // namespace hobnob::test

#pragma once

#include <cstdint>

/// fsync(2), syncfs(2), renameat2(2) and pthread_create(3) of this program, which is linked with
/// failing_calls.cpp, fail when a test says so.
///
/// As a library that is preloaded it is the same for any program: the file that the variable
/// FAILING_CALLS names holds lines such as `fsync 5`, which hold as long as they stand there.
namespace hobnob::test {

enum class system_call : std::uint8_t { fsync, syncfs, renameat2, pthread_create };

/// While it lives the calls fail with `error`, of errno(3), after `passed` of them; nothing is done
/// then.
class failing_calls {
 public:
  failing_calls(system_call call, int error, int passed = 0);
  ~failing_calls();

  failing_calls(const failing_calls&) = delete;
  failing_calls& operator=(const failing_calls&) = delete;

  /// How many have failed.
  int count() const;

 private:
  system_call call_;
};

}  // namespace hobnob::test

#include "tests/support/failing_calls.hpp"

#include <dlfcn.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace hobnob::test {
namespace {

constexpr std::array<const char*, 4> names{"fsync", "syncfs", "renameat2", "pthread_create"};

struct rule {
  std::atomic<int> error = 0;
  std::atomic<int> passed = 0;
  std::atomic<int> failed = 0;
};

std::array<rule, names.size()> rules;

rule& rule_of(system_call call) { return rules[static_cast<std::size_t>(call)]; }

/// What the file says, if there is one.
int error_told(const char* call) {
  const char* const path = std::getenv("FAILING_CALLS");
  std::FILE* const file = path ? std::fopen(path, "re") : nullptr;
  if (!file) return 0;
  char name[32];
  int error = 0;
  while (std::fscanf(file, "%31s %d", name, &error) == 2) {
    if (std::strcmp(name, call) == 0) break;
    error = 0;
  }
  std::fclose(file);
  return error;
}

bool fails(system_call call) {
  auto& known = rule_of(call);
  int error = known.error;
  if (error != 0 && known.passed-- > 0) return false;
  if (error == 0) error = error_told(names[static_cast<std::size_t>(call)]);
  if (error == 0) return false;
  ++known.failed;
  errno = error;
  return true;
}

}  // namespace

failing_calls::failing_calls(system_call call, int error, int passed) : call_(call) {
  rule_of(call).failed = 0;
  rule_of(call).passed = passed;
  rule_of(call).error = error;
}

failing_calls::~failing_calls() { rule_of(call_).error = 0; }

int failing_calls::count() const { return rule_of(call_).failed; }

}  // namespace hobnob::test

using hobnob::test::system_call;

// In place of those of the C library.
extern "C" {

int fsync(int fd) {
  if (hobnob::test::fails(system_call::fsync)) return -1;
  return static_cast<int>(::syscall(SYS_fsync, fd));
}

int syncfs(int fd) noexcept {
  if (hobnob::test::fails(system_call::syncfs)) return -1;
  return static_cast<int>(::syscall(SYS_syncfs, fd));
}

int renameat2(int from_folder, const char* from, int to_folder, const char* to,
              unsigned flags) noexcept {
  if (hobnob::test::fails(system_call::renameat2)) return -1;
  return static_cast<int>(::syscall(SYS_renameat2, from_folder, from, to_folder, to, flags));
}

int pthread_create(pthread_t* made, const pthread_attr_t* how, void* (*what)(void*),
                   void* of) noexcept {
  if (hobnob::test::fails(system_call::pthread_create)) return errno;
  using function = int(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*);
  static auto* const hidden = reinterpret_cast<function*>(::dlsym(RTLD_NEXT, "pthread_create"));
  return hidden(made, how, what, of);
}
}

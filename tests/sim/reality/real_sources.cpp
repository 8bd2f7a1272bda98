#include "tests/sim/reality/real_sources.hpp"

#include <dlfcn.h>
#include <execinfo.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cstdarg>
#include <cstdlib>
#include <random>
#include <string_view>
#include <utility>

namespace hobnob::test {
namespace {

thread_local bool watching = false;
thread_local std::vector<reality_watch::call> seen;

void note(const char* name) {
  if (!std::exchange(watching, false)) return;
  std::array<void*, 24> frames{};
  const int depth = backtrace(frames.data(), static_cast<int>(frames.size()));
  char** const symbols = backtrace_symbols(frames.data(), depth);
  std::string caller;
  for (int i = 2; i < depth; ++i) caller += std::string{"\n    "} + symbols[i];
  std::free(symbols);
  seen.push_back({name, std::move(caller)});
  watching = true;
}

/// The function that this program's own one hides.
template <class Function>
Function* hidden(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

bool is_random_device(std::string_view path) {
  return path == "/dev/random" || path == "/dev/urandom" || path == "/dev/hwrng";
}

}  // namespace

reality_watch::reality_watch() {
  seen.clear();
  watching = true;
}
reality_watch::~reality_watch() { watching = false; }
const std::vector<reality_watch::call>& reality_watch::calls() const { return seen; }

}  // namespace hobnob::test

using hobnob::test::hidden;
using hobnob::test::note;

// NOLINTBEGIN(readability-identifier-naming): these are the system's names.
extern "C" {

int clock_gettime(clockid_t which, timespec* out) noexcept {
  note("clock_gettime");
  return static_cast<int>(hidden<long(long, ...)>("syscall")(SYS_clock_gettime, which, out));
}

int gettimeofday(timeval* out, void*) noexcept {
  note("gettimeofday");
  return static_cast<int>(hidden<long(long, ...)>("syscall")(SYS_gettimeofday, out, nullptr));
}

time_t time(time_t* out) noexcept {
  note("time");
  timeval now{};
  hidden<long(long, ...)>("syscall")(SYS_gettimeofday, &now, nullptr);
  if (out != nullptr) *out = now.tv_sec;
  return now.tv_sec;
}

clock_t clock() noexcept {
  note("clock");
  return hidden<clock_t()>("clock")();
}

int timespec_get(timespec* out, int base) noexcept {
  note("timespec_get");
  return hidden<int(timespec*, int)>("timespec_get")(out, base);
}

ssize_t getrandom(void* out, size_t size, unsigned flags) {
  note("getrandom");
  return hidden<ssize_t(void*, size_t, unsigned)>("getrandom")(out, size, flags);
}

int getentropy(void* out, size_t size) {
  note("getentropy");
  return hidden<int(void*, size_t)>("getentropy")(out, size);
}

std::uint32_t arc4random() noexcept {
  note("arc4random");
  return hidden<std::uint32_t()>("arc4random")();
}

void arc4random_buf(void* out, size_t size) noexcept {
  note("arc4random_buf");
  hidden<void(void*, size_t)>("arc4random_buf")(out, size);
}

long syscall(long number, ...) noexcept {
  if (number == SYS_getrandom) note("syscall(SYS_getrandom)");
  if (number == SYS_clock_gettime) note("syscall(SYS_clock_gettime)");
  std::array<long, 6> arguments{};
  va_list all;
  va_start(all, number);
  for (auto& each : arguments) each = va_arg(all, long);
  va_end(all);
  const auto& [a, b, c, d, e, f] = arguments;
  return hidden<long(long, ...)>("syscall")(number, a, b, c, d, e, f);
}

int open(const char* path, int flags, ...) {
  if (hobnob::test::is_random_device(path)) note(path);
  va_list all;
  va_start(all, flags);
  const auto mode = va_arg(all, mode_t);
  va_end(all);
  return hidden<int(const char*, int, ...)>("open")(path, flags, mode);
}

int open64(const char* path, int flags, ...) {
  if (hobnob::test::is_random_device(path)) note(path);
  va_list all;
  va_start(all, flags);
  const auto mode = va_arg(all, mode_t);
  va_end(all);
  return hidden<int(const char*, int, ...)>("open64")(path, flags, mode);
}

int openat(int folder, const char* path, int flags, ...) {
  if (hobnob::test::is_random_device(path)) note(path);
  va_list all;
  va_start(all, flags);
  const auto mode = va_arg(all, mode_t);
  va_end(all);
  return hidden<int(int, const char*, int, ...)>("openat")(folder, path, flags, mode);
}

FILE* fopen(const char* path, const char* mode) {
  if (hobnob::test::is_random_device(path)) note(path);
  return hidden<FILE*(const char*, const char*)>("fopen")(path, mode);
}

FILE* fopen64(const char* path, const char* mode) {
  if (hobnob::test::is_random_device(path)) note(path);
  return hidden<FILE*(const char*, const char*)>("fopen64")(path, mode);
}

}  // extern "C"
// NOLINTEND

// The standard library asks the processor first.
std::random_device::result_type std::random_device::_M_getval() {
  note("std::random_device");
  std::random_device::result_type result = 0;
  hidden<ssize_t(void*, size_t, unsigned)>("getrandom")(&result, sizeof result, 0);
  return result;
}

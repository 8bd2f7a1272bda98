#include "file_tar.hpp"

#include "started_program.hpp"

#include "actors/storage/owned_fd.hpp"
#include "transport/wire/big_endian.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <array>
#include <cerrno>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string_view>
#include <system_error>

namespace hobnob::bench {

namespace {

constexpr std::size_t head_size = 8;

struct pipe_ends {
  owned_fd out, in;
};

pipe_ends make_pipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  fcntl(ends[1], F_SETPIPE_SZ, 1024 * 1024);
  return {owned_fd{ends[0]}, owned_fd{ends[1]}};
}

/// As much as goes in, or less at the end.
std::size_t fill(int from, std::span<std::byte> room) {
  std::size_t filled = 0;
  while (filled < room.size()) {
    const auto got = ::read(from, room.data() + filled, room.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    filled += static_cast<std::size_t>(got);
  }
  return filled;
}

}  // namespace

awaitable<void> pour_tar(stream& to, const std::filesystem::path& source, bytes& buffer) {
  auto pipe = make_pipe();
  started_program tar{
      {"tar", "-C", source.parent_path().string(), "-c", source.filename().string()},
      {.output = pipe.in.get()}};
  pipe.in.reset();
  std::size_t got = 0;
  do {
    got = fill(pipe.out.get(), std::span{buffer}.subspan(head_size));
    wire::field_writer{buffer.data()}.number(std::uint64_t{got});
    if ((co_await write_all(to, byte_view{buffer}.first(head_size + got))).error) break;
  } while (got > 0);
  if (!tar.wait().well) throw std::runtime_error("tar fails");
}

awaitable<bool> receive_tar(stream& with, const std::string& folder, bool synced, bytes& buffer) {
  std::error_code ignored;
  std::filesystem::create_directories(folder, ignored);
  auto pipe = make_pipe();
  started_program tar{{"tar", "-C", folder, "-x"}, {.input = pipe.out.get()}};
  pipe.out.reset();
  for (;;) {
    std::array<std::byte, head_size> head;
    if ((co_await read_all(with, head)).error) co_return false;
    const auto size = wire::field_reader{head.data()}.number<std::uint64_t>();
    if (size == 0) break;
    if (size > buffer.size()) co_return false;
    const auto content = std::span{buffer}.first(size);
    if ((co_await read_all(with, content)).error) co_return false;
    const std::string_view text{reinterpret_cast<const char*>(content.data()), content.size()};
    if (write_all(pipe.in.get(), text)) co_return false;
  }
  pipe.in.reset();
  if (!tar.wait().well) co_return false;
  const owned_fd stored{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  co_return !synced || ::syncfs(stored.get()) == 0;
}

}  // namespace hobnob::bench

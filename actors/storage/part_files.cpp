#include "actors/storage/part_files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace hobnob {
namespace {

constexpr std::size_t open_parts_max = 8;
constexpr std::uint64_t write_back_size = 16 * 1024 * 1024;

/// Less is written: to make a hole of it the disk is waited for.
constexpr std::uint64_t punched_min = 64 * 1024;

bool is_all_zeros(std::span<const std::byte> bytes) {
  if (bytes.empty() || bytes.front() != std::byte{}) return false;
  // Each byte is compared with the one before it.
  return std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0;
}

}  // namespace

open_part* part_files::find(std::uint64_t entry) {
  const auto found = std::find_if(open_.begin(), open_.end(),
                                  [&](const open_part& part) { return part.entry == entry; });
  if (found == open_.end()) return nullptr;
  std::rotate(found, found + 1, open_.end());
  return &open_.back();
}

open_part& part_files::add(std::uint64_t entry, owned_fd fd, std::uint64_t size) {
  if (open_.size() == open_parts_max) open_.erase(open_.begin());
  return open_.emplace_back(open_part{entry, std::move(fd), size, 0});
}

void part_files::close(std::uint64_t entry) {
  std::erase_if(open_, [&](const open_part& part) { return part.entry == entry; });
}

std::int64_t read_fully(int fd, std::uint64_t offset, std::span<std::byte> bytes) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const auto got =
        ::pread(fd, bytes.data() + done, bytes.size() - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return -1;
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  return static_cast<std::int64_t>(done);
}

int write_fully(int fd, std::uint64_t offset, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const auto written = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    offset += static_cast<std::uint64_t>(written);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return 0;
}

int write_part(open_part& part, std::uint64_t offset, std::span<const std::byte> bytes) {
  if (offset >= part.end && is_all_zeros(bytes)) return 0;
  // Also if it fails: any part of it may be there.
  part.end = std::max(part.end, offset + bytes.size());
  if (const int error = write_fully(part.fd.get(), offset, bytes); error != 0) return error;
  part.unsynced += bytes.size();
  if (part.unsynced >= write_back_size) {
    // Only begins it: so the sync at the end is short, and memory does not fill with what waits.
    ::sync_file_range(part.fd.get(), 0, 0, SYNC_FILE_RANGE_WRITE);
    part.unsynced = 0;
  }
  return 0;
}

int write_hole(open_part& part, std::uint64_t offset, std::uint64_t size) {
  if (offset >= part.end) return 0;
  size = std::min(size, part.end - offset);
  if (size >= punched_min) {
    const int mode = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
    const auto from = static_cast<off_t>(offset), count = static_cast<off_t>(size);
    if (::fallocate(part.fd.get(), mode, from, count) == 0) return 0;
    if (errno != EOPNOTSUPP && errno != ENOSYS) return errno;
  }
  int error = 0;
  core::for_each_zeros(size, [&](std::span<const std::byte> zeros) {
    error = write_fully(part.fd.get(), offset, zeros);
    offset += zeros.size();
    return error == 0;
  });
  return error;
}

core::content_stretch stretch_of(int fd, std::uint64_t offset, std::uint64_t size_max) {
  const auto from = static_cast<off_t>(offset);
  const auto data = ::lseek(fd, from, SEEK_DATA);
  if (data < 0 && errno == ENXIO) return {size_max, true};  // None up to the end.
  if (data > from) return {std::min(size_max, static_cast<std::uint64_t>(data - from)), true};
  const auto hole = data < 0 ? data : ::lseek(fd, from, SEEK_HOLE);
  if (hole <= from) return {size_max, false};
  return {std::min(size_max, static_cast<std::uint64_t>(hole - from)), false};
}

int read_part(const open_part& part, std::uint64_t offset, std::span<std::byte> bytes) {
  const auto got = read_fully(part.fd.get(), offset, bytes);
  if (got < 0) return errno;
  const auto rest = bytes.subspan(static_cast<std::size_t>(got));
  std::fill(rest.begin(), rest.end(), std::byte{});
  return 0;
}

std::int64_t modified_ns_of(const struct stat& status) {
  return static_cast<std::int64_t>(status.st_mtim.tv_sec) * 1'000'000'000 + status.st_mtim.tv_nsec;
}

bool set_modified(int fd, std::int64_t modified_ns) {
  constexpr std::int64_t second = 1'000'000'000;
  const auto fraction = (modified_ns % second + second) % second;
  timespec times[2]{};
  times[0].tv_nsec = UTIME_OMIT;
  times[1].tv_sec = modified_ns / second - (modified_ns % second < 0 ? 1 : 0);
  times[1].tv_nsec = fraction;
  return ::futimens(fd, times) == 0;
}

}  // namespace hobnob

#include "actors/storage/spooled_source.hpp"

#include "actors/storage/disk_fault.hpp"
#include "actors/storage/offered_name.hpp"
#include "actors/storage/part_files.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <utility>

namespace hobnob {
namespace {

/// A new file in `folder` that has no name, or loses it at once.
owned_fd open_nameless(const std::filesystem::path& folder) {
  owned_fd fd{::open(folder.c_str(), O_RDWR | O_TMPFILE | O_CLOEXEC, 0600)};
  if (fd || (errno != EOPNOTSUPP && errno != EISDIR)) return fd;
  auto name = (folder / "spool-XXXXXX").string();
  fd = owned_fd{::mkostemp(name.data(), O_CLOEXEC)};
  if (fd) ::unlink(name.c_str());
  return fd;
}

}  // namespace

spooled_source::spooled_source(int fd, std::filesystem::path folder, std::string name)
    : input_(fd), folder_(std::move(folder)) {
  entry_.path = offered_name(name, true);
}

std::optional<core::transfer_fault> spooled_source::scan(core::transfer_summary& found) {
  if (!spool_) {
    auto spool = open_nameless(folder_);
    if (!spool) return sink_fault(errno, "write to " + folder_.string());
    std::vector<std::byte> block(256 * 1024);
    std::uint64_t size = 0;
    while (true) {
      const auto got = ::read(input_, block.data(), block.size());
      if (got < 0 && errno == EINTR) continue;
      if (got < 0 && errno == EAGAIN) {  // Somebody made it so for all who share it.
        pollfd waited{input_, POLLIN, 0};
        ::poll(&waited, 1, -1);
        continue;
      }
      if (got < 0) return source_fault(errno, "read what is to be sent");
      if (got == 0) break;
      const auto data = std::span<const std::byte>{block}.first(static_cast<std::size_t>(got));
      if (const int error = write_fully(spool.get(), size, data); error != 0) {
        return sink_fault(error, "keep what is to be sent in " + folder_.string());
      }
      size += data.size();
    }
    struct stat status {};
    if (::fstat(spool.get(), &status) != 0) return source_fault(errno, "read what is to be sent");
    entry_.size = size;
    entry_.modified_ns = modified_ns_of(status);
    spool_ = std::move(spool);
  }
  found = {entry_.path, 1, 1, entry_.size};
  return std::nullopt;
}

std::vector<core::transfer_entry> spooled_source::entries(std::uint64_t first,
                                                          std::size_t count_max) {
  if (first != 0 || count_max == 0) return {};
  return {entry_};
}

std::optional<core::transfer_fault> spooled_source::read(std::uint64_t entry, std::uint64_t offset,
                                                         std::span<std::byte> bytes) {
  if (entry != 0 || offset > entry_.size || bytes.size() > entry_.size - offset) {
    return transfer_fault_of("source-unreadable", "beyond the end of " + entry_.path);
  }
  const auto got = read_fully(spool_.get(), offset, bytes);
  if (got == static_cast<std::int64_t>(bytes.size())) return std::nullopt;
  return source_fault(got < 0 ? errno : EIO, "read " + entry_.path);
}

}  // namespace hobnob

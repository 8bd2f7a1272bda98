#include "actors/storage/spooled_source.hpp"

#include "actors/storage/disk_fault.hpp"
#include "actors/storage/offered_name.hpp"
#include "actors/storage/part_files.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
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
    : input_(fd),
      folder_(std::move(folder)),
      wanted_name_(std::move(name)),
      given_up_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  entry_.path = offered_name(wanted_name_, true);
}

core::renamed_entries spooled_source::renamed() const {
  core::renamed_entries all;
  if (entry_.path != wanted_name_) all.add(wanted_name_, entry_.path);
  return all;
}

void spooled_source::give_up() {
  const std::uint64_t one = 1;
  // It fails when it has been said very often before.
  [[maybe_unused]] const auto written = ::write(given_up_.get(), &one, sizeof one);
}

std::optional<core::transfer_fault> spooled_source::scan(core::transfer_summary& found) {
  if (!ended_) {
    if (auto failed = spool()) return failed;
  }
  found = {entry_.path, 1, 1, entry_.size};
  return std::nullopt;
}

spooled_source::fault spooled_source::spool() {
  if (!spool_) {
    auto spool = open_nameless(folder_);
    if (!spool) return sink_fault(errno, "write to " + folder_.string());
    spool_ = std::move(spool);
    block_.resize(256 * 1024);
  }
  while (!ended_) {
    if (unwritten_ == 0) {
      if (auto failed = fetch()) return failed;
    }
    const auto data = std::span<const std::byte>{block_}.first(unwritten_);
    if (const int error = write_fully(spool_.get(), entry_.size, data); error != 0) {
      return sink_fault(error, "keep what is to be sent in " + folder_.string());
    }
    entry_.size += data.size();
    unwritten_ = 0;
  }
  block_ = {};
  struct stat status {};
  if (::fstat(spool_.get(), &status) == 0) entry_.modified_ns = modified_ns_of(status);
  return std::nullopt;
}

/// Waits for the next bytes, or the end.
spooled_source::fault spooled_source::fetch() {
  while (true) {
    pollfd waited[] = {{input_, POLLIN, 0}, {given_up_.get(), POLLIN, 0}};
    if (::poll(waited, 2, -1) < 0 && errno != EINTR) return source_fault(errno, "wait for input");
    if (waited[1].revents != 0) {
      return transfer_fault_of("source-unreadable", "nobody waits for it any more");
    }
    if (waited[0].revents == 0) continue;
    const auto got = ::read(input_, block_.data(), block_.size());
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (got < 0) return source_fault(errno, "read what is to be sent");
    ended_ = got == 0;
    unwritten_ = static_cast<std::size_t>(got);
    return std::nullopt;
  }
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

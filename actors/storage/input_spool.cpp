#include "actors/storage/input_spool.hpp"

#include "actors/storage/disk_fault.hpp"
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

input_spool::input_spool(int fd, std::filesystem::path folder)
    : input_(fd), folder_(std::move(folder)), filled_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

input_spool::input_spool(owned_fd filled) : file_(std::move(filled)), whole_(true) {
  struct stat status {};
  if (::fstat(file_.get(), &status) == 0) size_ = static_cast<std::uint64_t>(status.st_size);
}

input_spool::fault input_spool::fill(int given_up) {
  while (true) {
    {
      const std::lock_guard lock{mutex_};
      if (!whole_) {
        if (auto failed = take_what_is_there()) return failed;
      }
      if (whole_) return std::nullopt;
    }
    pollfd waited[] = {{input_, POLLIN, 0}, {filled_.get(), POLLIN, 0}, {given_up, POLLIN, 0}};
    if (::poll(waited, 3, -1) < 0 && errno != EINTR) return source_fault(errno, "wait for input");
    if (waited[2].revents != 0)
      return transfer_fault_of("source-unreadable", "nobody waits for it any more");
  }
}

/// At most a block of it.
input_spool::fault input_spool::take_what_is_there() {
  if (!file_) {
    auto file = open_nameless(folder_);
    if (!file) return sink_fault(errno, "write to " + folder_.string());
    file_ = std::move(file);
    block_.resize(256 * 1024);
  }
  if (unwritten_ == 0) {
    if (auto failed = fetch()) return failed;
  }
  const auto data = std::span<const std::byte>{block_}.first(unwritten_);
  if (const int error = write_fully(file_.get(), size_, data); error != 0)
    return sink_fault(error, "keep what is to be sent in " + folder_.string());
  size_ += data.size();
  unwritten_ = 0;
  return std::nullopt;
}

/// Without waiting: another thread may have read what both were told of.
input_spool::fault input_spool::fetch() {
  pollfd ready{input_, POLLIN, 0};
  if (::poll(&ready, 1, 0) <= 0) return std::nullopt;
  const auto got = ::read(input_, block_.data(), block_.size());
  if (got < 0 && (errno == EINTR || errno == EAGAIN)) return std::nullopt;
  if (got < 0) return source_fault(errno, "read what is to be sent");
  unwritten_ = static_cast<std::size_t>(got);
  if (got > 0) return std::nullopt;
  whole_ = true;
  block_ = {};
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(filled_.get(), &one, sizeof one);
  return std::nullopt;
}

input_spool::fault input_spool::read(std::uint64_t offset, std::span<std::byte> bytes) const {
  const auto got = read_fully(file_.get(), offset, bytes);
  if (got == static_cast<std::int64_t>(bytes.size())) return std::nullopt;
  return source_fault(got < 0 ? errno : EIO, "read what is kept of the input");
}

std::int64_t input_spool::modified_ns() const {
  struct stat status {};
  return ::fstat(file_.get(), &status) == 0 ? modified_ns_of(status) : 0;
}

}  // namespace hobnob

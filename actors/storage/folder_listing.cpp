#include "actors/storage/folder_listing.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

namespace hobnob {
namespace {

constexpr std::size_t seen_max = 2048;

}  // namespace

int folder_listing::read(owned_fd folder) {
  owned_fd listed{::fcntl(folder.get(), F_DUPFD_CLOEXEC, 0)};
  if (!listed) return errno;
  folder_ = std::move(folder);
  const std::unique_ptr<DIR, int (*)(DIR*)> listing{::fdopendir(listed.get()), ::closedir};
  if (!listing) return errno;
  listed.release();  // The listing's now.
  while (true) {
    errno = 0;
    const dirent* const next = ::readdir(listing.get());
    if (next == nullptr && errno != 0) return errno;
    if (next == nullptr) break;
    const std::string_view name{next->d_name};
    if (name == "." || name == "..") continue;
    starts_.push_back(text_.size());
    text_ += name;
    text_ += '\0';
  }
  std::sort(starts_.begin(), starts_.end(),
            [&](std::size_t a, std::size_t b) { return at(a) < at(b); });
  return 0;
}

void folder_listing::look_ahead() {
  const auto count = std::min(size(), seen_max);
  seen_.reserve(count);
  while (seen_.size() < count) seen_.push_back(look_now(seen_.size()));
}

bool folder_listing::contains(std::string_view name) const {
  const auto found = std::lower_bound(starts_.begin(), starts_.end(), name,
                                      [&](std::size_t a, std::string_view b) { return at(a) < b; });
  return found != starts_.end() && at(*found) == name;
}

int folder_listing::look(std::size_t index, struct stat& found) const {
  const auto sight = index < seen_.size() ? seen_[index] : look_now(index);
  found = sight.status;
  return sight.error;
}

folder_listing::sight folder_listing::look_now(std::size_t index) const {
  sight result;
  const char* const name = text_.c_str() + starts_[index];
  if (::fstatat(folder_.get(), name, &result.status, AT_SYMLINK_NOFOLLOW) != 0)
    result.error = errno;
  return result;
}

void listing_ahead::begin(std::uint32_t entry, owned_fd folder) try {
  if (!thread_) thread_ = make_background_thread();
  auto read = [from = std::make_shared<owned_fd>(std::move(folder))] {
    outcome result;
    result.error = result.names.read(std::move(*from));
    if (result.error == 0) result.names.look_ahead();
    return result;
  };
  auto task = std::make_shared<std::packaged_task<outcome()>>(std::move(read));
  entry_ = entry;
  result_ = task->get_future();
  thread_->after(std::chrono::milliseconds{0}, [task] { (*task)(); });
} catch (const std::system_error&) {
  result_ = {};
}

int listing_ahead::take(folder_listing& found) {
  auto result = result_.get();
  found = std::move(result.names);
  return result.error;
}

}  // namespace hobnob

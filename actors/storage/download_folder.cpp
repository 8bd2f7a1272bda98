#include "actors/storage/download_folder.hpp"

#include "actors/storage/open_beneath.hpp"
#include "actors/storage/part_files.hpp"
#include "actors/storage/transfer_record_text.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <memory>
#include <system_error>
#include <utility>

namespace hobnob {
namespace {

constexpr std::string_view part_prefix = ".hobnob-part-";
constexpr std::size_t id_digits = 2 * std::tuple_size_v<core::transfer_id>;

/// Reads what `part_name` wrote.
bool parse_part_name(std::string_view name, download_folder::found_part& part) {
  if (!name.starts_with(part_prefix)) return false;
  name.remove_prefix(part_prefix.size());
  if (name.size() < id_digits + 2 || name[id_digits] != '-') return false;
  if (!parse_transfer_id(name.substr(0, id_digits), part.transfer)) return false;
  name.remove_prefix(id_digits + 1);
  const auto read = std::from_chars(name.data(), name.data() + name.size(), part.entry);
  return read.ec == std::errc{} && read.ptr == name.data() + name.size();
}

/// Whether this user's program may have made it, and nothing else would change with it.
bool is_own_part(const struct stat& found) {
  return S_ISREG(found.st_mode) && found.st_nlink == 1 && found.st_uid == ::geteuid();
}

/// For file systems that cannot refuse to replace: a second name, then the first one goes.
int link_instead(int from_folder, const char* from, int to_folder, const char* to) {
  if (::linkat(from_folder, from, to_folder, to, 0) != 0) return errno;
  ::unlinkat(from_folder, from, 0);
  return 0;
}

}  // namespace

core::checked<download_folder> download_folder::open(const std::filesystem::path& path) {
  using result = core::checked<download_folder>;
  const auto name = "the download folder " + path.string();
  std::error_code error;
  const auto absolute = std::filesystem::absolute(path, error);
  if (!error) std::filesystem::create_directories(absolute, error);
  if (error) return result::failure("cannot create " + name + ": " + error.message());
  owned_fd root{::open(absolute.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!root || ::faccessat(root.get(), ".", W_OK | X_OK, AT_EACCESS) != 0) {
    return result::failure("cannot use " + name + ": " + std::generic_category().message(errno));
  }
  return download_folder{absolute, std::move(root)};
}

download_folder::opened download_folder::open_folder(const std::string& path) const {
  auto fd = open_beneath(root_.get(), path.empty() ? "." : path, O_RDONLY | O_DIRECTORY);
  const int error = fd ? 0 : errno;
  return {std::move(fd), error};
}

download_folder::opened download_folder::open_file(int folder, const std::string& name) {
  auto fd = open_beneath(folder, name, O_RDONLY | O_NONBLOCK);
  if (!fd) return {{}, errno};
  struct stat found {};
  if (::fstat(fd.get(), &found) != 0) return {{}, errno};
  if (!S_ISREG(found.st_mode)) return {{}, ENOENT};
  return {std::move(fd), 0};
}

std::optional<struct stat> download_folder::status(int folder, const std::string& name) {
  struct stat found {};
  if (::fstatat(folder, name.c_str(), &found, AT_SYMLINK_NOFOLLOW) != 0) return std::nullopt;
  return found;
}

std::string download_folder::part_name(const core::transfer_id& transfer, std::uint64_t entry) {
  return std::string{part_prefix} + transfer_id_text(transfer) + '-' + std::to_string(entry);
}

bool download_folder::is_part_name(std::string_view name) {
  found_part ignored;
  return parse_part_name(name, ignored);
}

download_folder::opened download_folder::open_part(const std::string& name) const {
  const int flags = O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
  owned_fd fd{::openat(root_.get(), name.c_str(), flags)};
  if (!fd) return {{}, errno == ELOOP || errno == ENXIO || errno == EISDIR ? ENOENT : errno};
  struct stat found {};
  if (::fstat(fd.get(), &found) != 0) return {{}, errno};
  if (!is_own_part(found)) return {{}, ENOENT};
  return {std::move(fd), 0};
}

download_folder::opened download_folder::make_part(const std::string& name, mode_t mode) const {
  const int flags = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
  owned_fd fd{::openat(root_.get(), name.c_str(), flags, mode)};
  if (!fd && errno == EEXIST && remove_part(name) == 0) {
    fd = owned_fd{::openat(root_.get(), name.c_str(), flags, mode)};
  }
  const int error = fd ? 0 : errno;
  return {std::move(fd), error};
}

int download_folder::remove_part(const std::string& name) const {
  if (::unlinkat(root_.get(), name.c_str(), 0) == 0 || errno == ENOENT) return 0;
  if (errno != EISDIR) return errno;
  return ::unlinkat(root_.get(), name.c_str(), AT_REMOVEDIR) == 0 ? 0 : errno;
}

int download_folder::place(const std::string& part, int folder, const std::string& name,
                           bool replace) const {
  const unsigned flags = replace ? 0 : RENAME_NOREPLACE;
  if (::renameat2(root_.get(), part.c_str(), folder, name.c_str(), flags) == 0) return 0;
  if (replace || (errno != EINVAL && errno != ENOSYS)) return errno;
  return link_instead(root_.get(), part.c_str(), folder, name.c_str());
}

download_folder::room download_folder::available() const {
  struct statvfs found {};
  room result;
  if (::fstatvfs(root_.get(), &found) != 0) return result;
  result.bytes = static_cast<std::uint64_t>(found.f_bavail) * found.f_frsize;
  if (found.f_files != 0) result.files = found.f_favail;  // 0: it makes them as it needs them.
  return result;
}

std::vector<download_folder::found_part> download_folder::parts() const {
  std::vector<found_part> result;
  auto folder = open_folder("");
  const std::unique_ptr<DIR, int (*)(DIR*)> listing{::fdopendir(folder.fd.get()), ::closedir};
  if (!listing) return result;
  folder.fd.release();  // The listing's now.
  while (const dirent* const next = ::readdir(listing.get())) {
    found_part part;
    if (!parse_part_name(next->d_name, part)) continue;
    const auto found = status(root_.get(), next->d_name);
    if (!found || !is_own_part(*found)) continue;
    part.space = static_cast<std::uint64_t>(found->st_blocks) * 512;
    part.modified_ns = modified_ns_of(*found);
    result.push_back(part);
  }
  return result;
}

std::size_t download_folder::remove_stale_parts(
    const std::function<bool(const core::transfer_id&)>& known,
    std::int64_t written_before_ns) const {
  std::size_t count = 0;
  for (const auto& part : parts()) {
    if (part.modified_ns >= written_before_ns || known(part.transfer)) continue;
    if (remove_part(part_name(part.transfer, part.entry)) == 0) ++count;
  }
  return count;
}

}  // namespace hobnob

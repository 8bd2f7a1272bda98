#include "actors/storage/identity_file.hpp"

#include "actors/storage/small_file.hpp"

#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <string>
#include <system_error>

namespace hobnob {
namespace {

using result = core::checked<identity>;

result failure(const std::filesystem::path& path, const std::string& problem) {
  return result::failure("the identity file " + path.string() + " " + problem);
}

/// Keys are made before there is a network, whose generator serves everything else.
bool fill_random(identity::seed& seed) {
  std::size_t filled = 0;
  while (filled < seed.size()) {
    const auto got = ::getrandom(seed.data() + filled, seed.size() - filled, 0);
    if (got < 0 && errno != EINTR) return false;
    if (got > 0) filled += static_cast<std::size_t>(got);
  }
  return true;
}

result read(const std::filesystem::path& path);

/// Two programs may start for the first time at once: only one of them gives the file its name, and
/// both use that one.
result create(const std::filesystem::path& path) {
  identity::seed seed;
  if (!fill_random(seed)) return failure(path, "cannot be made: no random numbers from the system");
  const std::string_view content{reinterpret_cast<const char*>(seed.data()), seed.size()};
  auto own = path;
  own += "." + std::to_string(::getpid());
  if (const auto error = replace_file(own, content, 0600))
    return failure(path, "cannot be written: " + error.message());
  const int linked = ::link(own.c_str(), path.c_str());
  const auto why = errno;
  ::unlink(own.c_str());
  if (linked != 0 && why == EEXIST) return read(path);
  auto error = linked != 0 ? std::error_code{why, std::generic_category()} : std::error_code{};
  // A name that a relay binds to this key must find it again after a power cut.
  if (!error) error = sync_folder(path.parent_path());
  if (error) return failure(path, "cannot be written: " + error.message());
  return identity::from_seed(seed);
}

result read(const std::filesystem::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    return failure(path, "cannot be read: " + std::generic_category().message(errno));
  }
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    return failure(path,
                   "can be read by other users; if the key is still yours alone, run: chmod 600 " +
                       path.string());

  identity::seed seed;
  const auto file = read_small_file(path, seed.size());
  if (file.error && file.error != std::errc::file_too_large)
    return failure(path, "cannot be read: " + file.error.message());
  if (file.error || file.content.size() != seed.size())
    return failure(path, "is damaged (" + std::to_string(status.st_size) + " bytes instead of " +
                             std::to_string(seed.size()) +
                             "); restore it from a copy, or move it away to start with a new key");
  std::copy(file.content.begin(), file.content.end(), reinterpret_cast<char*>(seed.data()));
  return identity::from_seed(seed);
}

}  // namespace

core::checked<identity> load_or_create_identity(const std::filesystem::path& path) {
  struct stat status {};
  const bool missing = ::stat(path.c_str(), &status) != 0 && errno == ENOENT;
  return missing ? create(path) : read(path);
}

}  // namespace hobnob

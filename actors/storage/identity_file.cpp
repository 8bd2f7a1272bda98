#include "actors/storage/identity_file.hpp"

#include "actors/storage/small_file.hpp"

#include <sys/random.h>
#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <string>
#include <system_error>

namespace hobnob {
namespace {

using result = core::checked<identity>;

result failure(const std::filesystem::path& path, const std::string& problem) {
  return result::failure("the identity file " + path.string() + " " + problem);
}

identity derive(const identity::seed& seed, const std::optional<identity>& known) {
  return known && known->secret_seed() == seed ? *known : identity::from_seed(seed);
}

result read(const std::filesystem::path& path, disk& where, const std::optional<identity>& known) {
  const auto found = where.status(path);
  if (found.error) return failure(path, "cannot be read: " + found.error.message());
  if ((found.mode & 0077) != 0)
    return failure(path,
                   "can be read by other users; if the key is still yours alone, run: chmod 600 " +
                       path.string());

  identity::seed seed;
  const auto file = read_small_file(path, seed.size(), where);
  if (file.error && file.error != std::errc::file_too_large)
    return failure(path, "cannot be read: " + file.error.message());
  if (file.error || file.content.size() != seed.size())
    return failure(path, "is damaged (" + std::to_string(found.size) + " bytes instead of " +
                             std::to_string(seed.size()) +
                             "); restore it from a copy, or move it away to start with a new key");
  std::copy(file.content.begin(), file.content.end(), reinterpret_cast<char*>(seed.data()));

  // Who made it may have been killed before its name was durable, and a relay will soon bind a user
  // to this key. Where nothing can be written nothing is lost either.
  static_cast<void>(sync_folder(path.parent_path(), where));
  return derive(seed, known);
}

/// Two programs may start for the first time at once: only one of them gives the file its name, and
/// both use that one.
result create(const std::filesystem::path& path, disk& where, const random_bytes& random,
              const std::optional<identity>& known) {
  identity::seed seed;
  std::uint64_t number = 0;
  if (!random(std::as_writable_bytes(std::span{seed})) ||
      !random(std::as_writable_bytes(std::span{&number, 1})))
    return failure(path, "cannot be made: no random numbers from the system");
  const std::string_view content{reinterpret_cast<const char*>(seed.data()), seed.size()};
  auto scratch = path;
  scratch += ".new-" + std::to_string(number);
  const auto error = create_file(path, scratch, content, 0600, where);
  if (error == std::errc::file_exists) return read(path, where, known);
  if (error) return failure(path, "cannot be written: " + error.message());
  return derive(seed, known);
}

}  // namespace

bool fill_from_system(std::span<std::byte> out) {
  while (!out.empty()) {
    const auto got = ::getrandom(out.data(), out.size(), 0);
    if (got < 0 && errno != EINTR) return false;
    if (got > 0) out = out.subspan(static_cast<std::size_t>(got));
  }
  return true;
}

core::checked<identity> load_or_create_identity(const std::filesystem::path& path, disk& where,
                                                const random_bytes& random,
                                                const std::optional<identity>& known) {
  const bool missing = where.status(path).error == std::errc::no_such_file_or_directory;
  return missing ? create(path, where, random, known) : read(path, where, known);
}

}  // namespace hobnob

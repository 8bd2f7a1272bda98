#include "actors/storage/part_names.hpp"

#include "actors/core/transfer_path.hpp"
#include "actors/storage/disk_fault.hpp"

#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <utility>

namespace hobnob {
namespace {

constexpr unsigned names_at_once = 32;

std::string shown(const sealed_part& part) {
  return part.folder.empty() ? part.name : part.folder + '/' + part.name;
}

}  // namespace

/// The folder that a part is named in. Looked up anew for every few names that are given in a row:
/// what was put in its place meanwhile is not written to.
class part_namer::target {
 public:
  explicit target(const download_folder& root) : root_(root) {}

  /// The number of errno(3).
  int open(const std::string& path) {
    if (names_left_ > 0 && path == path_) {
      --names_left_;
      return 0;
    }
    names_left_ = 0;
    own_ = {};
    if (!path.empty()) {
      auto found = root_.open_folder(path);
      if (found.error != 0) return found.error;
      own_ = std::move(found.fd);
    }
    path_ = path;
    names_left_ = names_at_once - 1;
    return 0;
  }

  int descriptor() const noexcept { return own_ ? own_.get() : root_.descriptor(); }

 private:
  const download_folder& root_;
  std::string path_;
  owned_fd own_;  // Empty for the download folder itself.
  unsigned names_left_ = 0;
};

named_part part_namer::give_name(sealed_part part) const {
  target where{folder_};
  return give_name(std::move(part), where);
}

named_parts part_namer::give_names(std::vector<sealed_part> parts) const {
  named_parts result;
  if (::syncfs(folder_.descriptor()) != 0) result.sync_error = errno;
  result.parts.reserve(parts.size());
  target where{folder_};
  for (auto& part : parts) {
    if (result.sync_error == 0) {
      result.parts.push_back(give_name(std::move(part), where));
    } else {
      result.parts.push_back({std::move(part)});
    }
  }
  return result;
}

named_part part_namer::give_name(sealed_part part, target& where) const {
  using enum named_part::outcome;
  named_part result{std::move(part)};
  const auto& wanted = result.part;
  const auto fail = [&result](int error, const std::string& attempt) {
    result.fault = sink_fault(error, attempt);
    return std::move(result);
  };
  if (const int error = where.open(wanted.folder); error != 0) {
    return fail(error, "open the folder " + wanted.folder);
  }
  const auto part_name = download_folder::part_name(transfer_, wanted.entry);
  const auto ours = download_folder::status(folder_.descriptor(), part_name);
  if (!ours || !S_ISREG(ours->st_mode) || ours->st_ino != wanted.inode) {
    result.what = gone;
    return result;
  }
  for (unsigned number = 1; number <= file_numbers_max; ++number) {
    result.name = number == 1 ? wanted.name : core::numbered_name(wanted.name, number);
    bool replace = false;
    if (conflicts_ == conflict_policy::overwrite) {
      const auto there = download_folder::status(where.descriptor(), result.name);
      replace = there && (S_ISREG(there->st_mode) || S_ISLNK(there->st_mode));
    }
    const int error = folder_.place(part_name, where.descriptor(), result.name, replace);
    if (error == EEXIST && conflicts_ != conflict_policy::skip) continue;
    if (error != 0 && error != EEXIST) return fail(error, "name " + shown(wanted));
    if (error == EEXIST) folder_.remove_part(part_name);
    result.what = error == EEXIST ? omitted : placed;
    return result;
  }
  return fail(EEXIST, "name " + shown(wanted));
}

}  // namespace hobnob

#include "actors/storage/small_file.hpp"

#include <span>

namespace hobnob {
namespace {

/// A new file with this content, all of it durable but its name.
std::error_code write_new(const std::filesystem::path& path, std::string_view content,
                          unsigned mode, disk& where) {
  // Made anew: an old one could be someone else's, with other rights. What a crash left is removed.
  where.remove(path);
  const auto opened = where.open(path, open_mode::create_new, mode);
  if (opened.error) return opened.error;
  if (const auto error = opened.file->write_at(0, as_byte_view(content))) return error;
  return opened.file->sync();
}

}  // namespace

file_content read_small_file(const std::filesystem::path& path, std::size_t size_max, disk& where) {
  const auto opened = where.open(path, open_mode::read);
  if (opened.error) return {opened.error, {}};
  // Read to the end, whatever its size is said to be: what is no ordinary file does not know it.
  constexpr std::size_t block = 4096;
  std::string content;
  while (true) {
    const auto before = content.size();
    content.resize(before + block);
    const auto got = opened.file->read_at(
        before, std::as_writable_bytes(std::span{content}.subspan(before, block)));
    if (got.error) return {got.error, {}};
    content.resize(before + got.size);
    if (content.size() > size_max) return {std::make_error_code(std::errc::file_too_large), {}};
    if (got.size < block) return {{}, std::move(content)};
  }
}

std::error_code replace_file(const std::filesystem::path& path, std::string_view content,
                             unsigned mode, disk& where) {
  auto temporary = path;
  temporary += ".new";
  auto error = write_new(temporary, content, mode, where);
  if (!error) error = where.rename(temporary, path);
  if (!error) return sync_folder(path.parent_path(), where);
  where.remove(temporary);
  return error;
}

std::error_code create_file(const std::filesystem::path& path, const std::filesystem::path& scratch,
                            std::string_view content, unsigned mode, disk& where) {
  auto error = write_new(scratch, content, mode, where);
  if (!error) error = where.rename_new(scratch, path);
  if (!error) return sync_folder(path.parent_path(), where);
  where.remove(scratch);
  return error;
}

std::error_code make_directories(const std::filesystem::path& directory, unsigned mode,
                                 disk& where) {
  const auto found = where.status(directory);
  if (!found.error) {
    return found.is_directory ? std::error_code{}
                              : std::make_error_code(std::errc::not_a_directory);
  }
  if (found.error != std::errc::no_such_file_or_directory) return found.error;
  const auto parent = directory.parent_path();
  if (!parent.empty() && parent != directory) {
    if (const auto error = make_directories(parent, 0777, where)) return error;
  }
  const auto error = where.make_directory(directory, mode);
  if (error && error != std::errc::file_exists) return error;
  return sync_folder(parent, where);
}

std::error_code sync_folder(const std::filesystem::path& folder, disk& where) {
  return where.sync_directory(folder.empty() ? "." : folder);
}

}  // namespace hobnob

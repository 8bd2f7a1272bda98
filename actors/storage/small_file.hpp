#pragma once

#include "actors/storage/disk.hpp"
#include "actors/storage/owned_fd.hpp"

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>

namespace hobnob {

struct file_content {
  std::error_code error;
  std::string content;
};

/// Reads a whole file of at most `size_max` bytes.
file_content read_small_file(const std::filesystem::path& path, std::size_t size_max,
                             disk& where = *machine_disk());

/// Replaces a file, or creates it with `mode`, so that a crash at any moment leaves the old content
/// or the new one, never a part: temporary file in the same folder, sync, rename, sync of the
/// folder. One at a time for a file.
std::error_code replace_file(const std::filesystem::path& path, std::string_view content,
                             unsigned mode = 0600, disk& where = *machine_disk());

/// Writes a file that survives a power cut under its name or does not exist; `file_exists` if there
/// is one already. Several programs may try at once: `scratch` is a name beside it that each of
/// them has to itself.
std::error_code create_file(const std::filesystem::path& path, const std::filesystem::path& scratch,
                            std::string_view content, unsigned mode, disk& where = *machine_disk());

/// Makes a directory with `mode`, and its parents, all of which survive a power cut. No error if it
/// exists.
std::error_code make_directories(const std::filesystem::path& directory, unsigned mode,
                                 disk& where = *machine_disk());

/// Makes the names in `folder` (the working directory, if empty) outlast a power cut.
std::error_code sync_folder(const std::filesystem::path& folder, disk& where = *machine_disk());

}  // namespace hobnob

#pragma once

#include "actors/core/transfer_content.hpp"
#include "tests/actors/storage/temporary_folder.hpp"

#include <sys/stat.h>
#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hobnob {

/// What tests of sources and sinks have in common.
namespace transfer_folders {

inline constexpr core::transfer_id id{1, 2, 3};

inline std::span<const std::byte> as_bytes(std::string_view text) {
  return std::as_bytes(std::span{text});
}

inline core::transfer_entry file(std::string path, std::uint64_t size,
                                 std::int64_t modified_ns = 1'000'000'000) {
  return {std::move(path), core::entry_kind::file, size, modified_ns};
}

inline core::transfer_entry folder(std::string path, std::int64_t modified_ns = 1'000'000'000) {
  return {std::move(path), core::entry_kind::folder, 0, modified_ns};
}

/// The code of a fault; empty if there is none.
inline std::string code(const std::optional<core::transfer_fault>& fault) {
  return fault ? fault->code : "";
}

inline std::string content_of(core::transfer_source& source, std::uint64_t entry, std::size_t size,
                              std::uint64_t offset = 0) {
  std::string content(size, '?');
  const auto fault = source.read(entry, offset, std::as_writable_bytes(std::span{content}));
  return fault ? fault->code : content;
}

inline std::vector<std::string> offered_paths(core::transfer_source& source) {
  std::vector<std::string> paths;
  for (const auto& entry : source.entries(0, 1'000)) paths.push_back(entry.path);
  return paths;
}

inline std::optional<core::transfer_fault> open_and_declare(
    core::transfer_sink& sink, const std::vector<core::transfer_entry>& entries) {
  core::transfer_summary offered{"x", entries.size(), entries.size(), 0};
  for (const auto& entry : entries) offered.bytes += entry.size;
  if (auto fault = sink.open(offered)) return fault;
  return sink.declare(0, entries);
}

/// Writes and finishes one entry; the code of what failed.
inline std::string receive(core::transfer_sink& sink, std::uint64_t entry,
                           std::string_view content) {
  if (auto fault = sink.write(entry, 0, as_bytes(content))) return fault->code;
  std::string shown;
  return code(sink.finish(entry, false, shown));
}

/// Everything beneath a folder: path -> content; "/" for a folder, "-> x" for a link.
inline std::map<std::string, std::string> tree(const temporary_folder& where) {
  std::map<std::string, std::string> result;
  for (const auto& found : std::filesystem::recursive_directory_iterator(where.path())) {
    const auto name = found.path().lexically_relative(where.path()).string();
    if (found.is_symlink()) {
      result[name] = "-> " + std::filesystem::read_symlink(found.path()).string();
    } else if (found.is_directory()) {
      result[name] = "/";
    } else {
      result[name] = where.read(name);
    }
  }
  return result;
}

inline struct stat status(const std::filesystem::path& path) {
  struct stat result {};
  ::lstat(path.c_str(), &result);
  return result;
}

}  // namespace transfer_folders
}  // namespace hobnob

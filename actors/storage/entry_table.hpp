#pragma once

#include "actors/core/transfer_content.hpp"

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace hobnob {

/// The manifest of a transfer in little memory: each entry keeps its own name and the folder it is
/// in, some 32 bytes and the name.
class entry_table {
 public:
  static constexpr std::uint32_t none = 0x7FFF'FFFF;  ///< No entry; the folder of outermost ones.
  static constexpr std::uint32_t count_max = none;

  entry_table();
  entry_table(const entry_table&) = delete;
  entry_table& operator=(const entry_table&) = delete;

  /// The new entry is the last one. `folder` is that of an entry before it, or `none`.
  /// The names of one folder's folders differ; not checked.
  std::uint32_t add(std::uint32_t folder, std::string_view name, core::entry_kind kind,
                    std::uint64_t size, std::int64_t modified_ns);

  void clear();

  std::uint32_t size() const noexcept { return static_cast<std::uint32_t>(rows_.size()); }

  std::uint32_t folder(std::uint32_t entry) const { return rows_[entry].folder; }
  std::string_view name(std::uint32_t entry) const;
  core::entry_kind kind(std::uint32_t entry) const;
  std::uint64_t bytes(std::uint32_t entry) const { return rows_[entry].size; }
  std::int64_t modified_ns(std::uint32_t entry) const { return rows_[entry].modified_ns; }

  /// From the outermost folder in, joined by slashes.
  std::string path(std::uint32_t entry) const;

  /// The folder `name` in `folder`; `none` if there is no such entry.
  std::uint32_t find_folder(std::uint32_t folder, std::string_view name) const;

  core::transfer_entry entry(std::uint32_t entry) const;

 private:
  struct row {
    std::uint64_t size;
    std::int64_t modified_ns;
    const char* name;
    std::uint32_t folder : 31;
    std::uint32_t is_folder : 1;
    std::uint8_t name_size;
  };
  struct folder_key {
    std::uint32_t folder;
    std::string_view name;
  };
  struct folder_hash {
    using is_transparent = void;
    const entry_table* table;
    std::size_t operator()(const folder_key& key) const noexcept;
    std::size_t operator()(std::uint32_t entry) const;
  };
  struct folder_equal {
    using is_transparent = void;
    const entry_table* table;
    bool operator()(std::uint32_t a, std::uint32_t b) const noexcept { return a == b; }
    bool operator()(const folder_key& key, std::uint32_t entry) const;
    bool operator()(std::uint32_t entry, const folder_key& key) const {
      return (*this)(key, entry);
    }
  };

  const char* keep(std::string_view name);

  std::deque<row> rows_;
  std::vector<std::unique_ptr<char[]>> names_;
  std::size_t names_left_ = 0;  ///< Free bytes at the end of the last block of names.
  std::unordered_set<std::uint32_t, folder_hash, folder_equal> folders_;
};

}  // namespace hobnob

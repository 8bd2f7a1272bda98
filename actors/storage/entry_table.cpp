#include "actors/storage/entry_table.hpp"

#include <algorithm>
#include <cstring>
#include <functional>

namespace hobnob {

entry_table::entry_table() : folders_(16, folder_hash{this}, folder_equal{this}) {}

const char* entry_table::keep(std::string_view name) {
  constexpr std::size_t block_size = 64 * 1024;
  if (names_left_ < name.size() || names_.empty()) {
    names_.push_back(std::make_unique_for_overwrite<char[]>(block_size));
    names_left_ = block_size;
  }
  char* const place = names_.back().get() + (block_size - names_left_);
  std::memcpy(place, name.data(), name.size());
  names_left_ -= name.size();
  return place;
}

std::uint32_t entry_table::add(std::uint32_t folder, std::string_view name, core::entry_kind kind,
                               std::uint64_t size, std::int64_t modified_ns) {
  const auto entry = this->size();
  name = name.substr(0, 255);  // NAME_MAX: whoever adds has checked.
  row added{size,
            modified_ns,
            keep(name),
            folder & none,
            kind == core::entry_kind::folder,
            static_cast<std::uint8_t>(name.size())};
  rows_.push_back(added);
  if (added.is_folder != 0) folders_.insert(entry);
  return entry;
}

void entry_table::clear() {
  folders_.clear();
  rows_.clear();
  names_.clear();
  names_left_ = 0;
}

std::string_view entry_table::name(std::uint32_t entry) const {
  const auto& found = rows_[entry];
  return {found.name, found.name_size};
}

core::entry_kind entry_table::kind(std::uint32_t entry) const {
  return rows_[entry].is_folder != 0 ? core::entry_kind::folder : core::entry_kind::file;
}

std::string entry_table::path(std::uint32_t entry) const {
  std::vector<std::string_view> names;
  for (auto next = entry; next != none; next = folder(next)) names.push_back(name(next));
  std::string result;
  for (auto part = names.rbegin(); part != names.rend(); ++part) {
    if (!result.empty()) result += '/';
    result += *part;
  }
  return result;
}

std::uint32_t entry_table::find_folder(std::uint32_t folder, std::string_view name) const {
  const auto found = folders_.find(folder_key{folder, name});
  return found == folders_.end() ? none : *found;
}

core::transfer_entry entry_table::entry(std::uint32_t entry) const {
  return {path(entry), kind(entry), bytes(entry), modified_ns(entry)};
}

std::size_t entry_table::folder_hash::operator()(const folder_key& key) const noexcept {
  return std::hash<std::string_view>{}(key.name) ^ key.folder * 0x9E37'79B9'7F4A'7C15u;
}

std::size_t entry_table::folder_hash::operator()(std::uint32_t entry) const {
  return (*this)(folder_key{table->folder(entry), table->name(entry)});
}

bool entry_table::folder_equal::operator()(const folder_key& key, std::uint32_t entry) const {
  return table->folder(entry) == key.folder && table->name(entry) == key.name;
}

}  // namespace hobnob

#include "actors/core/outermost_entries.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace hobnob::core {

std::string_view outermost_name_of(std::string_view path) noexcept {
  return path.substr(0, path.find('/'));
}

void outermost_entries::add(const transfer_entry& next) {
  const auto name = outermost_name_of(next.path);
  if (name.size() == next.path.size() && found_.size() < outermost_max) {
    last_ = found_.size();
    found_.push_back({std::string{name}, next.kind, 0, 0});
  }
  if (last_ >= found_.size() || found_[last_].name != name) {
    const auto place = std::find_if(found_.begin(), found_.end(),
                                    [&](const auto& each) { return each.name == name; });
    if (place == found_.end()) return;
    last_ = static_cast<std::size_t>(place - found_.begin());
  }
  if (next.kind == entry_kind::file) ++found_[last_].files;
  found_[last_].bytes += next.size;
}

std::vector<outermost_entry> outermost_entries::take() { return std::exchange(found_, {}); }

}  // namespace hobnob::core

// Input: a name, as a disk or a stranger may have it. What it is offered as every receiver takes;
// what is taken stays beneath its folder, also under another number.

#include "actors/core/sanitise.hpp"
#include "actors/core/transfer_path.hpp"
#include "actors/storage/offered_name.hpp"

#include <cstdlib>
#include <set>
#include <string>
#include <string_view>

namespace {

using namespace hobnob;

bool is_name(const std::string& name, bool outermost) {
  const auto path = core::transfer_path::parse(outermost ? name : "folder/" + name);
  return path && path->name() == name && path->names().size() == (outermost ? 1u : 2u);
}

void offer(std::string_view name) {
  for (const bool outermost : {true, false}) {
    const auto offered = offered_name(name, outermost);
    if (!is_name(offered, outermost)) std::abort();
    if (offered_name(offered, outermost) != offered) std::abort();
    std::set<std::string> taken;
    for (int i = 0; i < 3; ++i) {
      if (!is_name(distinct_name(offered, taken), outermost)) std::abort();
    }
    if (taken.size() != 3) std::abort();
    for (const unsigned number : {2u, 77u, 10'000u}) {
      const auto numbered = core::numbered_name(offered, number);
      if (!is_name(numbered, outermost)) std::abort();
    }
  }
}

void take(std::string_view text) {
  const auto path = core::transfer_path::parse(text);
  if (!path) return;
  if (path->text() != text || text.front() == '/' || text.size() > core::transfer_path_size_max ||
      path->names().size() > core::transfer_path_depth_max)
    std::abort();
  for (const auto& name : path->names()) {
    if (name.empty() || name == "." || name == ".." || name.size() > core::file_name_size_max ||
        name.find_first_of(std::string_view{"/\\\0", 3}) != name.npos || !core::is_valid_utf8(name))
      std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  take(text);
  // As a file system has names: neither slashes nor zero bytes, and not for ever long.
  std::string name{text.substr(0, core::file_name_size_max)};
  std::erase_if(name, [](char c) { return c == '/' || c == '\0'; });
  if (!name.empty() && name != "." && name != "..") offer(name);
  return 0;
}

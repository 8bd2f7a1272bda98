#include "actors/core/transfer_path.hpp"

#include "actors/core/sanitise.hpp"
#include "actors/core/utf8.hpp"

#include <algorithm>

namespace hobnob::core {
namespace {

/// The length of what `numbered_name` keeps behind the number: `.pdf`, `.tar.gz`.
std::size_t suffix_size(std::string_view name) {
  constexpr std::size_t size_max = 16;
  const auto dot = name.rfind('.');
  if (dot == std::string_view::npos || dot == 0 || name.size() - dot > size_max) return 0;
  constexpr std::string_view archive = ".tar";
  const auto stem = name.substr(0, dot);
  const bool doubled = stem.size() > archive.size() && stem.ends_with(archive);
  return name.size() - dot + (doubled ? archive.size() : 0);
}

/// At most `size` bytes of `text`, which is UTF-8, cut between characters.
std::string_view shortened(std::string_view text, std::size_t size) {
  if (text.size() <= size) return text;
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80) --size;
  return text.substr(0, size);
}

/// Characters of ASCII that can be shown, as almost all names are.
bool is_plain(std::string_view name) {
  return std::all_of(name.begin(), name.end(),
                     [](char each) { return each >= ' ' && each <= '~' && each != '\\'; });
}

/// What is wrong with one name; empty if nothing is.
std::string fault_of(std::string_view name) {
  if (name.empty()) return "a name is empty";
  if (name == "." || name == "..") return "'" + std::string{name} + "' is no name of a file";
  if (name.size() > file_name_size_max) return "a name is longer than 255 bytes";
  if (is_plain(name)) return {};
  if (name.find('\\') != std::string_view::npos) return "a name holds a backslash";
  // Whatever would have to be escaped to be shown is not a name one could choose knowingly.
  if (sanitise_line(name, file_name_size_max) != name) {
    return "a name holds characters that cannot be shown: " + quoted(name, file_name_size_max);
  }
  return {};
}

bool is_veiled(std::string_view name) { return name.starts_with('.') || name.starts_with('-'); }

}  // namespace

checked<transfer_path> transfer_path::parse(std::string_view text) {
  using result = checked<transfer_path>;
  if (text.size() > transfer_path_size_max) return result::failure("a path is too long");
  if (text.starts_with('/')) return result::failure("a path is absolute: " + quoted(text));

  transfer_path path;
  for (std::size_t begin = 0; begin <= text.size();) {
    const auto end = std::min(text.find('/', begin), text.size());
    const auto name = text.substr(begin, end - begin);
    if (auto fault = fault_of(name); !fault.empty()) return result::failure(std::move(fault));
    path.names_.emplace_back(name);
    begin = end + 1;
  }
  if (path.names_.size() > transfer_path_depth_max) {
    return result::failure("folders are nested deeper than 64");
  }
  if (is_veiled(path.names_.front())) {
    return result::failure("a name begins with a dot or a dash: " + quoted(path.names_.front()));
  }
  return path;
}

std::string transfer_path::text() const {
  std::string result;
  for (const auto& name : names_) {
    if (!result.empty()) result += '/';
    result += name;
  }
  return result;
}

std::string visible_name(std::string_view name) {
  return is_veiled(name) ? "_" + std::string{shortened(name, file_name_size_max - 1)}
                         : std::string{name};
}

std::string numbered_name(std::string_view name, unsigned number) {
  const auto suffix = name.substr(name.size() - suffix_size(name));
  const auto stem = name.substr(0, name.size() - suffix.size());
  const auto mark = " (" + std::to_string(number) + ")";
  return std::string{shortened(stem, file_name_size_max - suffix.size() - mark.size())} + mark +
         std::string{suffix};
}

}  // namespace hobnob::core

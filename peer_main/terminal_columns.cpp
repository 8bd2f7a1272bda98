#include "peer_main/terminal_columns.hpp"

#include <sys/ioctl.h>
#include <unistd.h>
#include <algorithm>
#include <clocale>
#include <cstdlib>
#include <cwchar>

namespace hobnob {
namespace {

struct character {
  std::size_t size = 0;  ///< Bytes.
  int columns = 0;
};

/// The first one of a text that is not empty. What is none in this encoding takes a column a byte.
character first_character(std::string_view text) {
  std::mbstate_t state{};
  wchar_t wide = 0;
  const auto size = std::mbrtowc(&wide, text.data(), text.size(), &state);
  if (size == 0 || size > text.size()) return {1, 1};
  return {size, std::max(0, ::wcwidth(wide))};
}

}  // namespace

void use_terminal_encoding() {
  std::setlocale(LC_CTYPE, "");
  if (MB_CUR_MAX == 1) std::setlocale(LC_CTYPE, "C.UTF-8");
}

int columns_of(std::string_view text) {
  int columns = 0;
  while (!text.empty()) {
    const auto next = first_character(text);
    columns += next.columns;
    text.remove_prefix(next.size);
  }
  return columns;
}

std::string cut_to_columns(std::string_view text, std::size_t columns) {
  if (static_cast<std::size_t>(columns_of(text)) <= columns) return std::string{text};
  constexpr std::string_view mark = "...";
  if (columns <= mark.size()) return std::string(columns, '.');
  auto left = static_cast<int>(columns - mark.size());
  std::size_t end = 0;
  while (end < text.size()) {
    const auto next = first_character(text.substr(end));
    left -= next.columns;
    if (left < 0) break;
    end += next.size;
  }
  return std::string{text.substr(0, end)} + std::string{mark};
}

int terminal_columns(int fd) {
  winsize size{};
  return ::ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

bool can_redraw(int fd) {
  const char* kind = std::getenv("TERM");
  return ::isatty(fd) != 0 && kind != nullptr && std::string_view{kind} != "dumb";
}

}  // namespace hobnob

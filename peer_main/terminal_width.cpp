#include "peer_main/terminal_width.hpp"

#include <sys/ioctl.h>
#include <unistd.h>
#include <algorithm>
#include <cwchar>

namespace hobnob {

int terminal_columns() {
  winsize size{};
  return ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

int columns_of(std::string_view text) {
  int columns = 0;
  std::mbstate_t state{};
  while (!text.empty()) {
    wchar_t wide = 0;
    const auto size = std::mbrtowc(&wide, text.data(), text.size(), &state);
    if (size == 0 || size > text.size()) return columns + static_cast<int>(text.size());
    columns += std::max(0, ::wcwidth(wide));
    text.remove_prefix(size);
  }
  return columns;
}

}  // namespace hobnob

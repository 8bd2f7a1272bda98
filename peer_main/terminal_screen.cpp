#include "peer_main/terminal_screen.hpp"

#include "peer_main/stream_output.hpp"

#include <sys/ioctl.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <clocale>
#include <cstdlib>
#include <cwchar>
#include <string>
#include <utility>

namespace hobnob {
namespace {

/// 80 if the terminal does not say.
int terminal_columns() {
  winsize size{};
  return ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

}  // namespace

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

terminal_screen::terminal_screen()
    : colours_(wants_colours(STDOUT_FILENO)), columns_(terminal_columns()) {
  std::setlocale(LC_CTYPE, "");
  if (MB_CUR_MAX == 1) std::setlocale(LC_CTYPE, "C.UTF-8");
  const char* kind = std::getenv("TERM");
  dumb_ = kind == nullptr || std::string_view{kind} == "dumb";
}

bool terminal_screen::resized() {
  const int now = terminal_columns();
  return std::exchange(columns_, now) != now;
}

void terminal_screen::wipe_line(int columns) const {
  if (dumb_) return write("\n");
  const int rows = columns / terminal_columns();
  if (colours_) write("\x1b[0m");
  write("\r" + (rows > 0 ? "\x1b[" + std::to_string(rows) + "A" : std::string{}) + "\x1b[J");
}

void terminal_screen::write(std::string_view text) const {
  // The terminal is in libedit's mode here, in which a line feed does not return the carriage
  // everywhere.
  std::string out;
  for (const char c : text) out += c == '\n' ? "\r\n" : std::string(1, c);
  std::string_view rest{out};
  while (!rest.empty()) {
    const auto written = ::write(STDOUT_FILENO, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return;
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace hobnob

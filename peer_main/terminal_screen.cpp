#include "peer_main/terminal_screen.hpp"

#include "peer_main/stream_output.hpp"
#include "peer_main/terminal_columns.hpp"

#include <unistd.h>
#include <cerrno>
#include <string>
#include <utility>

namespace hobnob {

terminal_screen::terminal_screen()
    : colours_(wants_colours(STDOUT_FILENO)),
      redraws_(can_redraw(STDOUT_FILENO)),
      columns_(columns()) {
  use_terminal_encoding();
}

int terminal_screen::columns() const { return terminal_columns(STDOUT_FILENO); }

bool terminal_screen::resized() {
  const int now = columns();
  return std::exchange(columns_, now) != now;
}

void terminal_screen::wipe_line(int columns) const {
  if (!redraws_) return write("\n");
  const int rows = columns / this->columns();
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

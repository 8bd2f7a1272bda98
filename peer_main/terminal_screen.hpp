#pragma once

#include <string_view>

namespace hobnob {

/// The terminal on standard output, written to past libedit: lines that come stand above the line
/// being typed.
class terminal_screen {
 public:
  /// Also sets the locale's character encoding.
  terminal_screen();

  bool colours() const { return colours_; }
  int columns() const;

  /// Whether lines can be drawn again where they stand.
  bool redraws() const { return redraws_; }

  /// Whether the terminal has got another width since this was asked last.
  bool resized();

  /// Wipes a line out whose cursor is `columns` behind its start; it may have been wrapped.
  void wipe_line(int columns) const;

  /// Writes whole lines, and waits until the terminal takes them.
  void write(std::string_view text) const;

 private:
  bool colours_;
  bool redraws_;
  int columns_;
};

}  // namespace hobnob

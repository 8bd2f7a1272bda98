#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

using EditLine = struct editline;
using History = struct history;

namespace hobnob {

/// The line being typed on the terminal, with libedit: Emacs keys, history, completion. Knows
/// nothing of what else is on the screen. Used by one thread.
class line_editor {
 public:
  struct hooks {
    std::function<std::string()> prompt;  ///< Escape sequences in it stand between \1 and \1.
    std::function<wchar_t()> next_key;    ///< Waits for it; `no_key`: there are no more.

    /// What the word at the end of `before`, the line up to the cursor, can become.
    std::function<std::vector<std::string>(std::string_view before)> choices;
    std::function<void(std::string)> show_choices;  ///< Where there are several.
  };
  static constexpr wchar_t no_key = static_cast<wchar_t>(-1);

  /// `history_file` is read now and written at the end, for its owner only.
  line_editor(std::filesystem::path history_file, hooks what);
  ~line_editor();

  line_editor(const line_editor&) = delete;
  line_editor& operator=(const line_editor&) = delete;

  /// One line without its end, which goes into the history; nothing at the end of input.
  std::optional<std::string> read_line();

  /// Draws prompt and line where the cursor is, for the width that the terminal has now.
  void redraw();

  /// How far the cursor is from the start of the prompt.
  int columns_to_cursor() const;

 private:
  std::string complete();

  // libedit calls back with itself only; its client data leads to us.
  static line_editor& of(EditLine* editor);
  static char* prompt_callback(EditLine* editor);
  static int key_callback(EditLine* editor, wchar_t* key);
  static unsigned char complete_callback(EditLine* editor, int);

  std::filesystem::path history_file_;
  hooks hooks_;
  std::string prompt_;  // What libedit was given last.
  EditLine* editor_ = nullptr;
  History* history_ = nullptr;
};

}  // namespace hobnob

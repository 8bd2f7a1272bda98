#include "peer_main/line_editor.hpp"

#include "peer_main/completion.hpp"
#include "peer_main/terminal_columns.hpp"

#include <histedit.h>
#include <sys/stat.h>
#include <cstdio>
#include <utility>

namespace hobnob {
namespace {

constexpr int history_size = 1000;

/// The prompt as it is seen.
std::string without_escapes(std::string_view prompt) {
  std::string visible;
  bool escape = false;
  for (const char c : prompt) {
    if (c == '\1')
      escape = !escape;
    else if (!escape)
      visible += c;
  }
  return visible;
}

}  // namespace

line_editor::line_editor(std::filesystem::path history_file, hooks what)
    : history_file_(std::move(history_file)), hooks_(std::move(what)) {
  history_ = ::history_init();
  HistEvent result;
  ::history(history_, &result, H_SETSIZE, history_size);
  ::history(history_, &result, H_SETUNIQUE, 1);
  ::history(history_, &result, H_LOAD, history_file_.c_str());

  editor_ = ::el_init("hobnob", stdin, stdout, stderr);
  ::el_set(editor_, EL_CLIENTDATA, this);
  ::el_set(editor_, EL_PROMPT_ESC, &prompt_callback, '\1');
  ::el_set(editor_, EL_EDITOR, "emacs");
  ::el_set(editor_, EL_SIGNAL, 0);
  ::el_set(editor_, EL_HIST, &::history, history_);
  ::el_set(editor_, EL_ADDFN, "hobnob-complete", "complete commands and names", &complete_callback);
  ::el_set(editor_, EL_BIND, "^I", "hobnob-complete", nullptr);
  ::el_set(editor_, EL_GETCFN, &key_callback);
}

line_editor::~line_editor() {
  HistEvent result;
  ::history(history_, &result, H_SAVE, history_file_.c_str());
  ::chmod(history_file_.c_str(), 0600);
  ::history_end(history_);
  ::el_end(editor_);
}

std::optional<std::string> line_editor::read_line() {
  int count = 0;
  const char* typed = ::el_gets(editor_, &count);
  if (typed == nullptr || count <= 0) return std::nullopt;
  std::string line{typed, static_cast<std::size_t>(count)};
  while (line.ends_with('\n') || line.ends_with('\r')) line.pop_back();
  if (line.find_first_not_of(' ') != line.npos) {
    HistEvent result;
    ::history(history_, &result, H_ENTER, line.c_str());
  }
  return line;
}

void line_editor::redraw() {
  ::el_resize(editor_);
  ::el_set(editor_, EL_REFRESH);
  std::fflush(stdout);
}

int line_editor::columns_to_cursor() const {
  const auto* line = ::el_line(editor_);
  const auto typed = static_cast<std::size_t>(line->cursor - line->buffer);
  return columns_of(without_escapes(prompt_)) + columns_of({line->buffer, typed});
}

/// Completes as far as the choices agree; answers what was added.
std::string line_editor::complete() {
  const auto* line = ::el_line(editor_);
  const std::string before{line->buffer, line->cursor};
  const auto choices = hooks_.choices(before);
  const auto word = before.substr(before.rfind(' ') + 1);
  auto more = choices.empty() ? std::string{} : common_prefix(choices).substr(word.size());
  if (!more.empty() && ::el_insertstr(editor_, more.c_str()) == 0) return more;
  if (choices.size() > 1) {
    std::string list;
    for (const auto& choice : choices) list += choice + " ";
    hooks_.show_choices(std::move(list));
  }
  return {};
}

line_editor& line_editor::of(EditLine* editor) {
  void* self = nullptr;
  ::el_get(editor, EL_CLIENTDATA, &self);
  return *static_cast<line_editor*>(self);
}

char* line_editor::prompt_callback(EditLine* editor) {
  auto& self = of(editor);
  self.prompt_ = self.hooks_.prompt();
  return self.prompt_.data();
}

int line_editor::key_callback(EditLine* editor, wchar_t* key) {
  *key = of(editor).hooks_.next_key();
  return *key == no_key ? 0 : 1;
}

unsigned char line_editor::complete_callback(EditLine* editor, int) {
  return of(editor).complete().empty() ? CC_REFRESH_BEEP : CC_REFRESH;
}

}  // namespace hobnob

#include "peer_main/console.hpp"

#include "peer_main/completion.hpp"
#include "peer_main/stream_output.hpp"
#include "peer_main/terminal_width.hpp"
#include "peer_main/words.hpp"

#include <histedit.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <clocale>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cwchar>
#include <deque>
#include <set>
#include <utility>
#include <vector>

namespace hobnob {
namespace {

constexpr std::size_t history_size = 1000;
constexpr std::size_t waiting_lines_max = 10'000;
constexpr std::size_t typed_line_max = 64 * 1024;

}  // namespace

struct console::impl {
  impl(std::filesystem::path file, std::string name);
  ~impl();

  void run();
  wchar_t read_key();
  int show_waiting();
  void hide_typed_line();
  void write_all(std::string_view text);
  unsigned char complete();
  std::string prompt();
  void notice_user(const event_object& event);
  void wake() const;

  // libedit calls back with itself only; its client data leads to us.
  static impl& of(EditLine* editor);
  static char* prompt_callback(EditLine* editor);
  static int key_callback(EditLine* editor, wchar_t* key);
  static unsigned char complete_callback(EditLine* editor, int);

  std::filesystem::path history_file;
  std::string own_name;
  bool colours = wants_colours(STDOUT_FILENO);
  bool dumb = !colours;  // Then no cursor movement of our own either, unless only NO_COLOR is set.
  callbacks told;
  owned_fd event{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  std::string prompt_text;  // What libedit was given last; the console thread's own.

  std::mutex mutex;
  std::deque<std::string> waiting;  // Lines to show.
  std::size_t dropped = 0;
  std::set<std::string> users;  // For completion.
  std::string conversation;
  path_kind path = path_kind::none;
  bool prompt_changed = false;
  bool stopping = false;

  EditLine* editor = nullptr;
  History* past = nullptr;
  std::thread thread;
};

console::impl::impl(std::filesystem::path file, std::string name)
    : history_file(std::move(file)), own_name(std::move(name)) {
  std::setlocale(LC_CTYPE, "");
  if (MB_CUR_MAX == 1) std::setlocale(LC_CTYPE, "C.UTF-8");
  const char* terminal = std::getenv("TERM");
  dumb = terminal == nullptr || std::string_view{terminal} == "dumb";

  past = ::history_init();
  HistEvent result;
  ::history(past, &result, H_SETSIZE, static_cast<int>(history_size));
  ::history(past, &result, H_SETUNIQUE, 1);
  ::history(past, &result, H_LOAD, history_file.c_str());

  editor = ::el_init("hobnob", stdin, stdout, stderr);
  ::el_set(editor, EL_CLIENTDATA, this);
  ::el_set(editor, EL_PROMPT_ESC, &prompt_callback, '\1');
  ::el_set(editor, EL_EDITOR, "emacs");
  ::el_set(editor, EL_SIGNAL, 0);
  ::el_set(editor, EL_HIST, &::history, past);
  ::el_set(editor, EL_ADDFN, "hobnob-complete", "complete commands and names", &complete_callback);
  ::el_set(editor, EL_BIND, "^I", "hobnob-complete", nullptr);
  ::el_set(editor, EL_GETCFN, &key_callback);
}

console::impl::~impl() {
  {
    const std::lock_guard lock{mutex};
    stopping = true;
  }
  wake();
  if (thread.joinable()) thread.join();
  HistEvent result;
  ::history(past, &result, H_SAVE, history_file.c_str());
  ::chmod(history_file.c_str(), 0600);
  ::history_end(past);
  ::el_end(editor);
}

void console::impl::wake() const {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(event.get(), &one, sizeof one);
}

console::impl& console::impl::of(EditLine* editor) {
  void* self = nullptr;
  ::el_get(editor, EL_CLIENTDATA, &self);
  return *static_cast<impl*>(self);
}

char* console::impl::prompt_callback(EditLine* editor) {
  auto& self = of(editor);
  self.prompt_text = self.prompt();
  return self.prompt_text.data();
}

int console::impl::key_callback(EditLine* editor, wchar_t* key) {
  *key = of(editor).read_key();
  return *key == static_cast<wchar_t>(-1) ? 0 : 1;
}

unsigned char console::impl::complete_callback(EditLine* editor, int) {
  return of(editor).complete();
}

/// `bob= ` where plain text goes to bob on a link, `bob~ ` through the relay, `> ` before there is
/// a conversation.
std::string console::impl::prompt() {
  const std::lock_guard lock{mutex};
  if (conversation.empty()) return "> ";
  const bool relayed = path == path_kind::relay;
  const std::string text = conversation + (relayed ? "~" : "=");
  if (!colours) return text + " ";
  // libedit writes an escape together with the visible character after it, and drops one at the
  // very end: the space carries the reset.
  return std::string{relayed ? "\1\x1b[33m\1" : "\1\x1b[32m\1"} + text + "\1\x1b[0m\1 ";
}

void console::impl::run() {
  while (true) {
    int count = 0;
    const char* typed = ::el_gets(editor, &count);
    {
      const std::lock_guard lock{mutex};
      if (stopping) return;
    }
    if (typed == nullptr || count <= 0) return told.ended();
    std::string line{typed, static_cast<std::size_t>(count)};
    while (line.ends_with('\n') || line.ends_with('\r')) line.pop_back();
    if (line.find_first_not_of(' ') != line.npos) {
      HistEvent result;
      ::history(past, &result, H_ENTER, line.c_str());
    }
    const bool too_long = line.size() > typed_line_max;
    told.line(std::move(line), too_long);
  }
}

/// Waits for a key; meanwhile shows what comes. -1: end of input, or the console stops.
wchar_t console::impl::read_key() {
  std::mbstate_t state{};
  while (true) {
    pollfd fds[] = {{STDIN_FILENO, POLLIN, 0}, {event.get(), POLLIN, 0}};
    if (::poll(fds, 2, -1) < 0 && errno != EINTR) return static_cast<wchar_t>(-1);
    if (fds[1].revents != 0 && show_waiting() < 0) return static_cast<wchar_t>(-1);
    if (fds[0].revents == 0) continue;
    char octet = 0;
    const auto got = ::read(STDIN_FILENO, &octet, 1);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (got <= 0) return static_cast<wchar_t>(-1);
    wchar_t wide = 0;
    const auto size = std::mbrtowc(&wide, &octet, 1, &state);
    if (size == static_cast<std::size_t>(-2)) continue;  // More bytes of it are on their way.
    if (size == static_cast<std::size_t>(-1)) {
      state = {};
      continue;
    }
    return octet == 0 ? L'\0' : wide;
  }
}

/// Puts the waiting lines above the line being typed, which is drawn anew below them. -1: the
/// console stops.
int console::impl::show_waiting() {
  std::uint64_t ignored = 0;
  [[maybe_unused]] const auto got = ::read(event.get(), &ignored, sizeof ignored);
  std::string text;
  bool last = false;  // Why the program ends is among what waits.
  {
    const std::lock_guard lock{mutex};
    last = stopping;
    if (!std::exchange(prompt_changed, false) && waiting.empty() && !last) return 0;
    if (dropped > 0)
      text += "(" + std::to_string(std::exchange(dropped, 0)) +
              " lines dropped: the terminal was stopped)\n";
    for (auto& line : waiting) text += line + "\n";
    waiting.clear();
  }
  std::fflush(stdout);
  hide_typed_line();
  write_all(text);
  if (last) return -1;
  ::el_set(editor, EL_REFRESH);
  std::fflush(stdout);
  return 0;
}

void console::impl::hide_typed_line() {
  if (dumb) return write_all("\n");
  const auto* line = ::el_line(editor);
  const auto typed =
      columns_of({line->buffer, static_cast<std::size_t>(line->cursor - line->buffer)});
  std::string visible;
  bool escape = false;
  for (const char c : prompt_text) {
    if (c == '\1')
      escape = !escape;
    else if (!escape)
      visible += c;
  }
  const int rows = (columns_of(visible) + typed) / terminal_columns();
  if (colours) write_all("\x1b[0m");
  write_all("\r" + (rows > 0 ? "\x1b[" + std::to_string(rows) + "A" : std::string{}) + "\x1b[J");
}

void console::impl::write_all(std::string_view text) {
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

unsigned char console::impl::complete() {
  const auto* line = ::el_line(editor);
  const std::string before{line->buffer, line->cursor};
  std::vector<std::string> choices;
  {
    const std::lock_guard lock{mutex};
    choices = completions(before, users);
  }
  if (choices.empty()) return CC_REFRESH_BEEP;
  const auto word = before.substr(before.rfind(' ') + 1);
  const auto more = common_prefix(choices).substr(word.size());
  if (!more.empty() && ::el_insertstr(editor, more.c_str()) == 0) return CC_REFRESH;
  if (choices.size() > 1) {
    std::string list;
    for (const auto& choice : choices) list += choice + " ";
    const std::lock_guard lock{mutex};
    waiting.push_back(std::move(list));
    wake();
  }
  return CC_REFRESH_BEEP;
}

/// Names that events mention can be completed.
void console::impl::notice_user(const event_object& event) {
  for (const char* key : {"user", "from", "to"}) {
    const auto* value = event.if_contains(key);
    if (value == nullptr || !value->is_string() || users.size() > 100'000) continue;
    const auto& name = value->get_string();
    if (std::string_view{name.data(), name.size()} != own_name)
      users.emplace(name.data(), name.size());
  }
}

console::console(std::filesystem::path history_file, std::string own_name)
    : impl_(std::make_unique<impl>(std::move(history_file), std::move(own_name))) {}

console::~console() = default;

void console::start(callbacks told) {
  impl_->told = std::move(told);
  impl_->thread = std::thread{[self = impl_.get()] { self->run(); }};
}

void console::show(const event_object& event) {
  auto words = in_words(event, impl_->colours);
  {
    const std::lock_guard lock{impl_->mutex};
    impl_->notice_user(event);
    if (words.kind == word_kind::nothing) return;
    if (impl_->waiting.size() >= waiting_lines_max) {
      ++impl_->dropped;
      return;
    }
    impl_->waiting.push_back(std::move(words.text));
  }
  impl_->wake();
}

void console::show_conversation(const std::string& user, path_kind path) {
  {
    const std::lock_guard lock{impl_->mutex};
    impl_->conversation = user;
    impl_->path = path;
    impl_->prompt_changed = true;
  }
  impl_->wake();
}

}  // namespace hobnob

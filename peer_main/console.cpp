#include "peer_main/console.hpp"

#include "peer_main/words.hpp"

#include <poll.h>
#include <sys/timerfd.h>
#include <unistd.h>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cwchar>
#include <utility>

namespace hobnob {
namespace {

constexpr std::size_t typed_line_max = 64 * 1024;
constexpr long repaint_interval_ns = 250'000'000;

}  // namespace

console::console(std::filesystem::path history_file, std::string own_name)
    : inbox_(std::move(own_name), screen_.redraws()),
      timer_(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK)),
      editor_(std::move(history_file),
              {.prompt = [this] { return prompt(); },
               .next_key = [this] { return next_key(); },
               .choices = [this](std::string_view before) { return inbox_.completions_of(before); },
               .show_choices = [this](std::string list) { inbox_.add_line(std::move(list)); }}) {}

console::~console() {
  inbox_.end();
  if (thread_.joinable()) thread_.join();
}

void console::start(callbacks told) {
  told_ = std::move(told);
  thread_ = std::thread{[this] { run(); }};
}

void console::show(const event_object& event) {
  inbox_.learn_names(event);
  if (!inbox_.note_transfers(event)) return;
  auto words = in_words(event, screen_.colours());
  if (words.kind != word_kind::nothing) inbox_.add_line(std::move(words.text));
}

void console::show_conversation(const std::string& user, path_kind path) {
  inbox_.set_conversation(user, path);
}

void console::run() {
  while (true) {
    auto line = editor_.read_line();
    if (inbox_.ended()) return;
    if (!line) return told_.ended();
    const bool too_long = line->size() > typed_line_max;
    told_.line(std::move(*line), too_long);
  }
}

/// Waits for a key; meanwhile shows what comes.
wchar_t console::next_key() {
  std::mbstate_t state{};
  while (true) {
    pollfd fds[] = {{STDIN_FILENO, POLLIN, 0},
                    {resting_ ? -1 : inbox_.descriptor(), POLLIN, 0},
                    {timer_.get(), POLLIN, 0}};
    if (::poll(fds, 3, -1) < 0 && errno != EINTR) return line_editor::no_key;
    if (fds[2].revents != 0) {
      std::uint64_t ignored = 0;
      resting_ = ::read(timer_.get(), &ignored, sizeof ignored) < 0;
    }
    if (fds[1].revents != 0 && !show_news()) return line_editor::no_key;
    if (fds[0].revents == 0) continue;
    if (screen_.resized()) draw_again();
    char octet = 0;
    const auto got = ::read(STDIN_FILENO, &octet, 1);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (got <= 0) return line_editor::no_key;
    wchar_t wide = 0;
    const auto size = std::mbrtowc(&wide, &octet, 1, &state);
    if (size == static_cast<std::size_t>(-2)) continue;  // More bytes of it are on their way.
    if (size == static_cast<std::size_t>(-1)) {
      state = {};
      continue;
    }
    // What was typed stays on the screen, bars do not.
    if ((octet == '\r' || octet == '\n') && !bars_.empty()) {
      paint({}, {});
      editor_.redraw();
    }
    return octet == 0 ? L'\0' : wide;
  }
}

/// Puts what came above the line being typed, which is drawn anew below it. False: it was the last.
bool console::show_news() {
  const auto news = inbox_.take();
  if (!news.changed && !news.last) return true;
  const auto columns = static_cast<std::size_t>(screen_.columns());
  paint(news.text, news.last ? std::vector<std::string>{} : inbox_.bars(columns - 1));
  if (!news.last) editor_.redraw();
  if (!bars_.empty()) rest();
  return !news.last;
}

void console::paint(const std::string& lines, const std::vector<std::string>& bars) {
  std::fflush(stdout);
  screen_.wipe_line(editor_.columns_to_cursor());
  screen_.write(wiped_bars(bars_, screen_.columns()) + lines + painted_bars(bars));
  bars_ = bars;
}

/// More is shown when the timer says so.
void console::rest() {
  const itimerspec once{{0, 0}, {0, repaint_interval_ns}};
  resting_ = ::timerfd_settime(timer_.get(), 0, &once, nullptr) == 0;
}

/// A terminal with another width has wrapped the line being typed at other places.
void console::draw_again() {
  screen_.wipe_line(editor_.columns_to_cursor());
  editor_.redraw();
}

/// `bob= ` where plain text goes to bob on a link, `bob~ ` through the relay, `> ` before there is
/// a conversation.
std::string console::prompt() const {
  const auto [user, path] = inbox_.talking_to();
  if (user.empty()) return "> ";
  const bool relayed = path == path_kind::relay;
  const std::string text = user + (relayed ? "~" : "=");
  if (!screen_.colours()) return text + " ";
  // libedit writes an escape together with the visible character after it, and drops one at the
  // very end: the space carries the reset.
  return std::string{relayed ? "\1\x1b[33m\1" : "\1\x1b[32m\1"} + text + "\1\x1b[0m\1 ";
}

}  // namespace hobnob

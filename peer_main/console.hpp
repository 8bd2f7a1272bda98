#pragma once

#include "actors/storage/owned_fd.hpp"
#include "peer_main/console_inbox.hpp"
#include "peer_main/line_editor.hpp"
#include "peer_main/line_reader.hpp"
#include "peer_main/output.hpp"
#include "peer_main/terminal_screen.hpp"

#include <filesystem>
#include <string>
#include <thread>
#include <vector>

namespace hobnob {

/// The console of `chat` on a terminal: a line editor with history and completion, in which lines
/// that come never tear the line being typed. Running transfers stand above it as bars. One thread
/// of its own reads and writes the terminal; a terminal that is stopped stops only that thread.
class console final : public event_output, public line_source {
 public:
  console(std::filesystem::path history_file, std::string own_name);
  ~console() override;

  void start(callbacks told) override;

  void show(const event_object& event) override;
  void show_conversation(const std::string& user, path_kind path) override;
  void line_done() override {}

 private:
  void run();
  wchar_t next_key();
  bool show_news();
  void paint(const std::string& lines, const std::vector<std::string>& bars);
  void rest();
  void draw_again();
  std::string prompt() const;

  terminal_screen screen_;
  console_inbox inbox_;
  std::vector<std::string> bars_;  // As they stand above the line being typed.
  owned_fd timer_;
  bool resting_ = false;  // After a paint with bars: until the timer says so.
  line_editor editor_;
  callbacks told_;
  std::thread thread_;
};

}  // namespace hobnob

#pragma once

#include "peer_main/line_reader.hpp"
#include "peer_main/output.hpp"

#include <filesystem>
#include <memory>

namespace hobnob {

/// The console of `chat` on a terminal, with libedit: a line editor with history and completion, in
/// which lines that come never tear the line being typed. One thread of its own reads and writes
/// the terminal; a terminal that is stopped stops only that thread, and lines beyond a bound are
/// dropped and counted.
class console final : public event_output, public line_source {
 public:
  /// `history_file` is read now and written at the end.
  console(std::filesystem::path history_file, std::string own_name);
  ~console() override;

  void start(callbacks told) override;

  void show(const event_object& event) override;
  void show_conversation(const std::string& user, path_kind path) override;
  void line_done() override {}

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace hobnob

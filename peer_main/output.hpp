#pragma once

#include "peer_main/events.hpp"

namespace hobnob {

/// Where a program's events go. Any thread; never blocks.
class event_output {
 public:
  virtual ~event_output() = default;
  virtual void show(const event_object& event) = 0;

  /// The conversation that plain text goes to now, and its path; for a prompt.
  virtual void show_conversation(const std::string& user, path_kind path) = 0;
};

}  // namespace hobnob

#pragma once

#include "actors/storage/bounded_writer.hpp"
#include "peer_main/output.hpp"

#include <memory>

namespace hobnob {

/// Events as lines on two streams: with `json`, events on `out`, and warnings and errors also in
/// words on `err`; without, data on `out` and all other words on `err`.
class stream_output final : public event_output {
 public:
  struct style {
    bool json = false;
    bool colours_out = false;
    bool colours_err = false;
  };

  stream_output(std::shared_ptr<bounded_writer> out, std::shared_ptr<bounded_writer> err,
                style how);

  void show(const event_object& event) override;
  void show_conversation(const std::string&, path_kind) override {}

 private:
  std::shared_ptr<bounded_writer> out_;
  std::shared_ptr<bounded_writer> err_;
  style style_;
};

/// Whether words on this descriptor may be coloured: it is a terminal that can, and NO_COLOR
/// (no-color.org) is not set.
bool wants_colours(int fd);

}  // namespace hobnob

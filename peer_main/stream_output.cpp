#include "peer_main/stream_output.hpp"

#include "actors/storage/json_line.hpp"
#include "peer_main/words.hpp"

#include <unistd.h>
#include <cstdlib>
#include <string_view>
#include <utility>

namespace hobnob {

stream_output::stream_output(std::shared_ptr<bounded_writer> out,
                             std::shared_ptr<bounded_writer> err, style how)
    : out_(std::move(out)), err_(std::move(err)), style_(how) {}

void stream_output::show(const event_object& event) {
  if (style_.json) out_->write(to_json_line(event) + "\n");
  const auto words = in_words(event, style_.colours_err);
  switch (words.kind) {
    case word_kind::nothing:
      return;
    case word_kind::data:
      if (!style_.json) out_->write(in_words(event, style_.colours_out).text + "\n");
      return;
    case word_kind::notice:
      if (!style_.json) err_->write(words.text + "\n");
      return;
    case word_kind::warning:
      err_->write(words.text + "\n");
      return;
  }
}

bool wants_colours(int fd) {
  const char* none = std::getenv("NO_COLOR");
  const char* terminal = std::getenv("TERM");
  if (none != nullptr && none[0] != '\0') return false;
  return ::isatty(fd) != 0 && terminal != nullptr && std::string_view{terminal} != "dumb";
}

}  // namespace hobnob

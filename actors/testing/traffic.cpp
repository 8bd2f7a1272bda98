#include "actors/testing/traffic.hpp"

#include "actors/core/transfer_path.hpp"
#include "actors/testing/line_words.hpp"
#include "actors/testing/sim_peer.hpp"

#include <array>
#include <optional>

namespace hobnob::testing {
namespace {

struct traffic_verb {
  std::string_view word;
  traffic::kind what;
};

constexpr std::array traffic_verbs{
    traffic_verb{"says", traffic::kind::says}, traffic_verb{"sends", traffic::kind::sends},
    traffic_verb{"pours", traffic::kind::pours}, traffic_verb{"gives", traffic::kind::gives}};

std::optional<traffic::kind> kind_named(std::string_view word) {
  const auto* found = std::ranges::find(traffic_verbs, word, &traffic_verb::word);
  return found == traffic_verbs.end() ? std::nullopt : std::optional{found->what};
}

/// What is wrong, or an empty string.
std::string read_number(std::string_view& line, const std::string& what, std::size_t most,
                        std::size_t& out) {
  const auto word = take_word(line);
  if (word.empty()) return "the " + what + " is missing";
  const auto number = to_number<std::size_t>(word);
  if (!number) return '\'' + std::string{word} + "' is no number: the " + what;
  if (*number > most) return "the " + what + " is at most " + std::to_string(most);
  out = *number;
  return {};
}

std::string read_rest(std::string_view line, traffic& out) {
  const bool is_file = out.what == traffic::kind::gives;
  if (out.what != traffic::kind::says) {
    out.name = take_word(line);
    if (out.name.empty()) return is_file ? "the file's name is missing" : "the channel is missing";
  }
  if (out.what == traffic::kind::says || out.what == traffic::kind::sends) {
    out.content = line;
    return line.empty() ? "the text is missing" : std::string{};
  }
  if (is_file && out.name.size() > core::file_name_size_max) return "the file's name is too long";
  std::string wrong;
  if (!is_file) wrong = read_number(line, "count", traffic::poured_messages_max, out.count);
  if (wrong.empty()) {
    wrong = read_number(line, "size", is_file ? traffic::file_size_max : traffic::poured_size_max,
                        out.size);
  }
  if (wrong.empty() && !line.empty()) wrong = "nothing comes after the size";
  return wrong;
}

}  // namespace

bool traffic::is_line(std::string_view line) {
  take_word(line);
  return kind_named(take_word(line)).has_value();
}

core::checked<traffic> traffic::parse(std::string_view line) {
  traffic result;
  result.from = take_word(line);
  const auto verb = kind_named(take_word(line));
  if (!verb) return core::checked<traffic>::failure("nothing that a peer says or gives");
  result.what = *verb;
  result.to = take_word(line);
  if (result.to.empty()) return core::checked<traffic>::failure("to whom is missing");
  if (auto wrong = read_rest(line, result); !wrong.empty())
    return core::checked<traffic>::failure(std::move(wrong));
  return result;
}

void traffic::carry_out(sim_peer& by) const {
  switch (what) {
    case kind::says:
      by.send_text(to, content);
      return;
    case kind::sends:
      by.send(to, name, content);
      return;
    case kind::pours: {
      const std::string message(size, 'x');
      for (std::size_t i = 0; i < count; ++i) by.send(to, name, message);
      return;
    }
    case kind::gives:
      by.start_giving(to, name, size);
      return;
  }
}

void traffic_counts::add(const traffic& order, bool carried_out) {
  if (order.what == traffic::kind::gives) {
    ++(carried_out ? given : not_given);
  } else if (!carried_out) {
    not_sent += order.count;
  }
}

}  // namespace hobnob::testing

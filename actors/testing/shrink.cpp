#include "actors/testing/shrink.hpp"

#include "actors/testing/swarm.hpp"
#include "transport/sim/duration_text.hpp"
#include "transport/sim/faults.hpp"

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <utility>

namespace hobnob::testing {
namespace {

std::vector<std::string> split_words(std::string_view line) {
  std::vector<std::string> result;
  while (!line.empty()) {
    const auto blank = std::min(line.find(' '), line.size());
    if (blank > 0) result.emplace_back(line.substr(0, blank));
    line.remove_prefix(std::min(blank + 1, line.size()));
  }
  return result;
}

std::string joined_words(const std::vector<std::string>& words) {
  std::string result;
  for (const auto& word : words) result += (result.empty() ? "" : " ") + word;
  return result;
}

bool is_event(const std::string& line) { return line.starts_with("at "); }

bool is_named(const std::vector<std::string>& words) {
  return words[0] == "peer" || words[0] == "site" || words[0] == "relay";
}

/// `line` when nobody is called `name` any more; nothing if it was about him.
std::optional<std::string> without_name(const std::string& line, const std::string& name) {
  auto words = split_words(line);
  if (words.size() >= 2 && is_named(words) && words[1] == name) return {};
  const bool names_many =
      words.size() > 2 && (words[2] == "partition" || words[2] == "block" || words[2] == "heal");
  if (names_many) {
    std::erase(words, name);
    auto result = joined_words(words);
    const auto fault = joined_words({words.begin() + 2, words.end()});
    return sim::parse_fault(fault) ? std::optional{result} : std::nullopt;
  }
  if (words[0] == "peer" ||
      words[0] == "site") {  // `at home`, `behind home`: on the internet then.
    const auto where = std::ranges::find(words, name);
    if (where != words.end() && (*(where - 1) == "at" || *(where - 1) == "behind"))
      words.erase(where - 1, where + 1);
    std::erase(words, "also=" + name);
    std::erase(words, "relay=" + name);
    return joined_words(words);
  }
  const bool about = std::ranges::any_of(words, [&](const auto& word) {
    return word == name || word == name + "-router" || word == "user=" + name;
  });
  return about ? std::nullopt : std::optional{line};
}

class shrinker {
 public:
  shrinker(schedule failing, const still_fails& test, std::size_t runs_max)
      : best_(std::move(failing)), test_(test), runs_max_(runs_max) {}

  shrink_result shrink() {
    // Each step can make room for another.
    std::size_t before = 0;
    do {
      before = size();
      drop_events();
      drop_names();
      simplify_settings();
    } while (size() < before && runs_ < runs_max_);
    shorten();
    return {std::move(best_), runs_};
  }

 private:
  std::size_t size() const { return joined(best_).size(); }

  bool take_if_failing(schedule candidate) {
    if (runs_ >= runs_max_ || candidate == best_) return false;
    ++runs_;
    if (!test_(candidate)) return false;
    best_ = std::move(candidate);
    return true;
  }

  /// Halves, quarters, ... of the events, until no single one can be left out.
  void drop_events() {
    auto chunk = std::max<std::size_t>(events(), 1);
    while (true) {
      bool dropped = false;
      for (std::size_t first = 0; first < events();) {
        if (take_if_failing(without_events(first, chunk))) {
          dropped = true;
        } else {
          first += chunk;
        }
      }
      if (chunk == 1 && !dropped) return;
      if (runs_ >= runs_max_) return;
      chunk = std::max<std::size_t>(chunk / 2, 1);
    }
  }

  std::size_t events() const {
    return static_cast<std::size_t>(std::ranges::count_if(best_, is_event));
  }

  schedule without_events(std::size_t first, std::size_t count) const {
    schedule result;
    std::size_t number = 0;
    for (const auto& line : best_) {
      const bool left_out = is_event(line) && number >= first && number < first + count;
      if (is_event(line)) ++number;
      if (!left_out) result.push_back(line);
    }
    return result;
  }

  void drop_names() {
    std::vector<std::string> names;
    for (const auto& line : best_) {
      const auto words = split_words(line);
      if (is_named(words) && words[1] != "relay") names.push_back(words[1]);
    }
    std::ranges::reverse(names);
    for (const auto& name : names) {
      schedule candidate;
      for (const auto& line : best_) {
        if (auto kept = without_name(line, name)) candidate.push_back(*std::move(kept));
      }
      take_if_failing(std::move(candidate));
    }
  }

  /// Statements and properties that need not be there.
  void simplify_settings() {
    for (std::size_t i = 0; i < best_.size(); ++i) {
      if (is_event(best_[i]) || best_[i].starts_with("seed ")) continue;
      const auto words = split_words(best_[i]);
      if (words[0] == "shuffle") {
        auto candidate = best_;
        candidate.erase(candidate.begin() + static_cast<std::ptrdiff_t>(i));
        if (take_if_failing(std::move(candidate))) --i;
        continue;
      }
      for (std::size_t word = 2; word < words.size(); ++word) {
        if (words[word].find('=') == std::string::npos) continue;
        auto now = split_words(best_[i]);
        std::erase(now, words[word]);
        auto candidate = best_;
        candidate[i] = joined_words(now);
        take_if_failing(std::move(candidate));
      }
    }
  }

  /// Ends soon after the last event.
  void shorten() {
    std::string last = "0s";
    for (const auto& line : best_) {
      if (is_event(line)) last = split_words(line)[1];
    }
    auto candidate = best_;
    for (auto& line : candidate) {
      if (line.starts_with("run ")) line = "run " + last;
    }
    take_if_failing(std::move(candidate));
  }

  schedule best_;
  const still_fails& test_;
  std::size_t runs_max_;
  std::size_t runs_ = 0;
};

}  // namespace

shrink_result shrink(schedule failing, const still_fails& test, std::size_t runs_max) {
  return shrinker{std::move(failing), test, runs_max}.shrink();
}

bool violates(const schedule& lines, std::string_view text) {
  try {
    const auto result = run_schedule(lines);
    return std::ranges::any_of(result.violations, [&](const auto& sentence) {
      return sentence.find(text) != std::string::npos;
    });
  } catch (const std::invalid_argument&) {
    return false;
  }
}

}  // namespace hobnob::testing

#include "actors/core/similar_word.hpp"

#include <algorithm>

namespace hobnob::core {
namespace {

constexpr std::size_t word_size_max = 40;  // The work grows with the square.

/// The optimal string alignment distance.
std::size_t distance(std::string_view a, std::string_view b) {
  using row = std::vector<std::size_t>;
  std::vector<row> steps(a.size() + 1, row(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) {
    for (std::size_t j = 0; j <= b.size(); ++j) {
      auto& here = steps[i][j];
      if (i == 0 || j == 0) {
        here = i + j;
        continue;
      }
      const std::size_t changed = a[i - 1] == b[j - 1] ? 0 : 1;
      here = std::min({steps[i - 1][j] + 1, steps[i][j - 1] + 1, steps[i - 1][j - 1] + changed});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        here = std::min(here, steps[i - 2][j - 2] + 1);
    }
  }
  return steps[a.size()][b.size()];
}

}  // namespace

std::string_view similar_word(std::string_view word, const std::vector<std::string_view>& known) {
  std::string_view best;
  if (word.size() > word_size_max) return best;
  std::size_t best_distance = word.size() / 3 + 1;
  for (const auto each : known) {
    const auto found = distance(word, each);
    if (found >= best_distance) continue;
    best = each;
    best_distance = found;
  }
  return best;
}

std::string did_you_mean(std::string_view word, const std::vector<std::string_view>& known) {
  const auto similar = similar_word(word, known);
  return similar.empty() ? std::string{} : "; did you mean '" + std::string{similar} + "'?";
}

}  // namespace hobnob::core

#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace hobnob::core {

/// The one of `known` that was probably meant by `word`, which is none of them: at most every third
/// letter is missing, too many or wrong, or stands in its neighbour's place (the optimal string
/// alignment distance). Empty if none is that near.
std::string_view similar_word(std::string_view word, const std::vector<std::string_view>& known);

/// `; did you mean 'who'?`, or nothing: the end of a message about a word that is not known.
std::string did_you_mean(std::string_view word, const std::vector<std::string_view>& known);

}  // namespace hobnob::core

#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace hobnob {

/// What the word under the cursor can become: a /command at the start of the line, a user after one
/// that takes a user. Each choice is the whole word, with a blank behind where another word
/// follows. `before` is the line up to the cursor.
std::vector<std::string> completions(std::string_view before, const std::set<std::string>& users);

/// What all choices begin with.
std::string common_prefix(const std::vector<std::string>& choices);

}  // namespace hobnob

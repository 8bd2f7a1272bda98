#pragma once

#include <string_view>

namespace hobnob {

/// Of the terminal on standard output; 80 if it does not say.
int terminal_columns();

/// Columns that text takes on a terminal, by the locale's character encoding.
int columns_of(std::string_view text);

}  // namespace hobnob

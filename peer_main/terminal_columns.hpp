#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace hobnob {

/// Sets the locale's character encoding, UTF-8 if it says nothing: what the functions below and
/// libedit go by. Once, before other threads need it.
void use_terminal_encoding();

/// Columns that text takes on a terminal, by the locale's character encoding.
int columns_of(std::string_view text);

/// As much of text as fits in so many columns, cut between characters; a cut is shown by `...`.
std::string cut_to_columns(std::string_view text, std::size_t columns);

/// Of the terminal on this descriptor; 80 if it does not say.
int terminal_columns(int fd);

/// Whether lines that stand on it can be drawn again: it is a terminal, and no dumb one.
bool can_redraw(int fd);

}  // namespace hobnob

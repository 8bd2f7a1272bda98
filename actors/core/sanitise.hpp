#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace hobnob::core {

/// Whether `text` is UTF-8 as RFC 3629 defines it: no surrogates, nothing overlong, nothing above
/// U+10FFFF.
bool is_valid_utf8(std::string_view text) noexcept;

/// How much of a text is shown; what is left out is said.
struct text_limits {
  std::size_t bytes_max = 32 * 1024;
  std::size_t lines_max = 200;
};

/// The one gate that text of others passes before it reaches a terminal or a log. Visible escapes
/// replace whatever could move the cursor, reorder, hide or imitate text: control characters
/// (`\x1b`), bytes that are no UTF-8 (`\xff`), bidirectional and zero-width controls, tags, private
/// use, invisible fillers (`\u{202e}`). More than eight combining marks on one character are
/// dropped. Line feeds stay. (Unicode Technical Report 36, sections 2 and 3.)
std::string sanitise_text(std::string_view text, const text_limits& limits = {});

/// The same on one line: line feeds become `\n` too.
std::string sanitise_line(std::string_view text, std::size_t bytes_max = 1024);

/// `sanitise_line` in double quotes, with `"` and `\` escaped: a value of one log record.
std::string quoted(std::string_view text, std::size_t bytes_max = 1024);

/// A JSON string literal (RFC 8259) in plain ASCII, quotes included. Bytes that are no UTF-8 become
/// U+FFFD.
std::string json_string(std::string_view text);

}  // namespace hobnob::core

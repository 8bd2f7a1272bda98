#include "actors/core/sanitise.hpp"

#include "actors/core/utf8.hpp"

#include <algorithm>
#include <iterator>

namespace hobnob::core {
namespace {

constexpr int combining_run_max = 8;
constexpr char digits[] = "0123456789abcdef";

struct unsafe_range {
  char32_t first;
  char32_t last;
};

// What has no width, no honest shape, or moves other text. Sorted.
constexpr unsafe_range unsafe_ranges[] = {
    {0x00, 0x1F},        // C0 controls
    {0x7F, 0x9F},        // DEL and C1 controls
    {0xAD, 0xAD},        // soft hyphen
    {0x34F, 0x34F},      // combining grapheme joiner
    {0x61C, 0x61C},      // Arabic letter mark (bidi)
    {0x115F, 0x1160},    // Hangul fillers
    {0x17B4, 0x17B5},    // Khmer inherent vowels (invisible)
    {0x180B, 0x180E},    // Mongolian selectors
    {0x200B, 0x200F},    // zero-width, left-to-right and right-to-left marks
    {0x2028, 0x202E},    // line and paragraph separators, bidi embeddings
    {0x2060, 0x206F},    // word joiner, invisible operators, bidi isolates
    {0x3164, 0x3164},    // Hangul filler
    {0xE000, 0xF8FF},    // private use
    {0xFDD0, 0xFDEF},    // noncharacters
    {0xFEFF, 0xFEFF},    // byte order mark
    {0xFFA0, 0xFFA0},    // half-width Hangul filler
    {0xFFF0, 0xFFFB},    // unassigned, interlinear annotation
    {0x1D173, 0x1D17A},  // musical formatting
    {0xE0000, 0x10FFFF}  // tags, selectors, private use
};

bool is_unsafe(char32_t c) noexcept {
  const auto after =
      std::upper_bound(std::begin(unsafe_ranges), std::end(unsafe_ranges), c,
                       [](char32_t value, const unsafe_range& r) { return value < r.first; });
  if (after != std::begin(unsafe_ranges) && c <= std::prev(after)->last) return true;
  return (c & 0xFFFE) == 0xFFFE;  // the noncharacters at the end of each plane
}

void append_byte_escape(std::string& out, unsigned char octet) {
  out += "\\x";
  out += digits[octet >> 4];
  out += digits[octet & 0xF];
}

void append_escape(std::string& out, char32_t c) {
  if (c == '\n') return void(out += "\\n");
  if (c == '\r') return void(out += "\\r");
  if (c == '\t') return void(out += "\\t");
  if (c < 0x80) return append_byte_escape(out, static_cast<unsigned char>(c));
  std::string hex;
  for (auto rest = c; rest != 0; rest >>= 4) hex.insert(hex.begin(), digits[rest & 0xF]);
  out += "\\u{" + hex + "}";
}

void append_utf16_escape(std::string& out, unsigned unit) {
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) out += digits[(unit >> shift) & 0xF];
}

}  // namespace

bool is_valid_utf8(std::string_view text) noexcept {
  while (!text.empty()) {
    const auto step = next_code_point(text);
    if (!step.valid) return false;
    text.remove_prefix(step.size);
  }
  return true;
}

std::string sanitise_text(std::string_view text, const text_limits& limits) {
  std::string out;
  out.reserve(std::min(text.size(), limits.bytes_max) + 16);
  std::size_t lines = 1;
  int marks = 0;
  while (!text.empty()) {
    const auto step = next_code_point(text);
    const bool new_line = step.valid && step.code_point == '\n' && limits.lines_max > 1;
    if (out.size() >= limits.bytes_max || (new_line && lines >= limits.lines_max)) {
      out += "... (" + std::to_string(text.size()) + " bytes more)";
      break;
    }
    const bool mark = step.valid && is_combining_mark(step.code_point);
    marks = mark ? marks + 1 : 0;
    if (new_line) {
      ++lines;
      out += '\n';
    } else if (!step.valid) {
      append_byte_escape(out, static_cast<unsigned char>(text.front()));
    } else if (is_unsafe(step.code_point)) {
      append_escape(out, step.code_point);
    } else if (marks <= combining_run_max) {
      out += text.substr(0, step.size);
    }
    text.remove_prefix(step.size);
  }
  return out;
}

std::string sanitise_line(std::string_view text, std::size_t bytes_max) {
  return sanitise_text(text, {bytes_max, 1});
}

std::string quoted(std::string_view text, std::size_t bytes_max) {
  std::string escaped;
  escaped.reserve(text.size());
  for (const char c : text) {
    if (c == '"' || c == '\\') escaped += '\\';
    escaped += c;
  }
  return '"' + sanitise_line(escaped, bytes_max) + '"';
}

std::string json_string(std::string_view text) {
  std::string out = "\"";
  out.reserve(text.size() + 2);
  while (!text.empty()) {
    const auto step = next_code_point(text);
    const char32_t c = step.valid ? step.code_point : 0xFFFD;
    if (c == '"' || c == '\\') {
      out += '\\';
      out += static_cast<char>(c);
    } else if (c == '\n') {
      out += "\\n";
    } else if (c >= 0x20 && c < 0x7F) {
      out += static_cast<char>(c);
    } else if (c < 0x10000) {
      append_utf16_escape(out, static_cast<unsigned>(c));
    } else {
      append_utf16_escape(out, static_cast<unsigned>(0xD800 + ((c - 0x10000) >> 10)));
      append_utf16_escape(out, static_cast<unsigned>(0xDC00 + ((c - 0x10000) & 0x3FF)));
    }
    text.remove_prefix(step.size);
  }
  return out += '"';
}

}  // namespace hobnob::core

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hobnob::core {

/// Reads `4096`, `10K`, `1.5G`, `10MiB`, `2MB`: K, M, G and T are powers of 1024. Nothing if it is
/// no size, or too large for 64 bits.
std::optional<std::uint64_t> parse_size(std::string_view text);

/// The same as a rate, with or without `/s`.
std::optional<std::uint64_t> parse_rate(std::string_view text);

/// `17 bytes`, `4.2 KiB`, `1.0 GiB`.
std::string shown_size(std::uint64_t bytes);

}  // namespace hobnob::core

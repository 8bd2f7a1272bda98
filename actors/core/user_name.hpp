#pragma once

#include <cstddef>
#include <string_view>

namespace hobnob::core {

inline constexpr std::size_t user_name_size_max = 32;

/// Whether `name` is a user name: `[a-z0-9][a-z0-9._-]{0,31}` without `..`. ASCII only on purpose:
/// two names that look alike are alike.
bool is_user_name(std::string_view name) noexcept;

/// What is wrong with `name`, for people; empty if nothing is.
std::string_view user_name_fault(std::string_view name) noexcept;

}  // namespace hobnob::core

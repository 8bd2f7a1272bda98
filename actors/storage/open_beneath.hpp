#pragma once

#include "actors/storage/owned_fd.hpp"

#include <string>

namespace hobnob {

/// openat2(2): opens `path`, which is relative, beneath the open `folder`, never through a symbolic
/// link and never outside, whatever is moved about meanwhile. `flags` as of open(2). On failure the
/// result is empty and errno says why: ELOOP for a link, EXDEV for a way out.
owned_fd open_beneath(int folder, const std::string& path, int flags);

}  // namespace hobnob

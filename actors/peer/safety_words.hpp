#pragma once

#include "transport/fingerprint.hpp"

#include <string>

namespace hobnob {

/// 60 digits in twelve groups over both keys, the same on both sides: when two people read each
/// other the same digits, nobody is in between. SHA-512 of the sorted fingerprints, five bytes for
/// each group.
std::string safety_words(const fingerprint& one, const fingerprint& other);

}  // namespace hobnob

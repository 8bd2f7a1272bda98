#pragma once

#include "transport/error.hpp"

namespace hobnob {

/// What the thread's OpenSSL error queue says, in words for people; empties the queue. An empty
/// queue gives `errc::tls_failed`.
failure take_tls_failure();

}  // namespace hobnob

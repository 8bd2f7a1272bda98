#pragma once

namespace hobnob::testing {

/// Programs that link `plain_sodium.cpp` have signatures and sealed boxes of the same sizes as
/// libsodium's, which a wrong key or a changed byte breaks as well, but which anybody could make:
/// in a swarm without TLS the real ones take half of the time. As long as one of these lives, the
/// real ones are used.
class real_sodium {
 public:
  real_sodium();
  ~real_sodium();
  real_sodium(const real_sodium&) = delete;
  real_sodium& operator=(const real_sodium&) = delete;
};

}  // namespace hobnob::testing

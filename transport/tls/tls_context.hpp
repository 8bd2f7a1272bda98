#pragma once

#include "transport/clock.hpp"
#include "transport/tls/identity.hpp"

#include <memory>

struct ssl_ctx_st;

namespace hobnob {

/// What all TLS connections of one identity share: TLS 1.3 only, mutual authentication by
/// self-signed Ed25519 certificates, ALPN "hobnob/1", neither tickets nor resumption.
class tls_context {
 public:
  /// `time` judges the validity of certificates and must outlive the context. Throws
  /// `std::runtime_error` if OpenSSL lacks something.
  tls_context(const identity& self, const clock& time);
  ~tls_context();

  tls_context(const tls_context&) = delete;
  tls_context& operator=(const tls_context&) = delete;

  const identity& self() const noexcept { return self_; }
  wall_time wall() const { return time_.wall(); }
  ssl_ctx_st* native() const noexcept { return native_; }

 private:
  identity self_;
  const clock& time_;
  ssl_ctx_st* native_ = nullptr;
};

}  // namespace hobnob

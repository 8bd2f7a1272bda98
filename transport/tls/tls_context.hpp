#pragma once

#include "transport/clock.hpp"
#include "transport/handshaker.hpp"
#include "transport/tls/identity.hpp"

#include <memory>

struct ssl_ctx_st;

namespace hobnob {

/// What all TLS connections of one identity share: TLS 1.3 only, mutual authentication by
/// self-signed Ed25519 certificates, ALPN "hobnob/1", neither tickets nor resumption.
class tls_context final : public handshaker, public std::enable_shared_from_this<tls_context> {
 public:
  /// `time` judges the validity of certificates and must outlive the context. Throws
  /// `std::runtime_error` if OpenSSL lacks something.
  tls_context(const identity& self, const clock& time);
  ~tls_context() override;

  tls_context(const tls_context&) = delete;
  tls_context& operator=(const tls_context&) = delete;

  const identity& self() const noexcept override { return self_; }

  /// See `tls_connect` and `tls_accept`. Only on a context that a `shared_ptr` owns.
  awaitable<handshake_result> connect(std::unique_ptr<stream> lower, watchdog& deadlines,
                                      handshake_connect_options options) const override;
  awaitable<handshake_result> accept(std::unique_ptr<stream> lower, watchdog& deadlines,
                                     handshake_accept_options options) const override;

  wall_time wall() const { return time_.wall(); }
  ssl_ctx_st* native() const noexcept { return native_; }

 private:
  identity self_;
  const clock& time_;
  ssl_ctx_st* native_ = nullptr;
};

}  // namespace hobnob

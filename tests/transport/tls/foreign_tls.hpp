#pragma once

#include "transport/bytes.hpp"
#include "transport/tls/openssl_pointers.hpp"

#include <functional>
#include <string_view>

namespace hobnob::test {

/// What a test wants to be wrong (or right) with a TLS side that is not hobnob's.
struct foreign_options {
  bool client = true;
  int version_max = TLS1_3_VERSION;
  std::string_view alpn = "\x08hobnob/1";
  const char* key = "ED25519";  ///< "RSA", "EC"; null: no certificate.
  const char* not_before = "20000101000000Z";
  const char* not_after = "99991231235959Z";
  int chain = 1;  ///< Certificates sent.
};

/// Plain OpenSSL on memory BIOs, accepting any certificate.
class foreign_tls {
 public:
  explicit foreign_tls(const foreign_options& options);

  /// Takes `input`, appends to `output`; whether the handshake is complete.
  bool handshake(byte_view input, bytes& output);

  SSL* native() const noexcept { return ssl_.get(); }

 private:
  void set_certificate(const foreign_options& options);

  ssl_ctx_ptr ctx_;
  ssl_ptr ssl_;
};

}  // namespace hobnob::test

#pragma once

#include "transport/clock.hpp"
#include "transport/error.hpp"
#include "transport/fingerprint.hpp"

struct x509_store_ctx_st;
struct ssl_st;

namespace hobnob {

/// What one handshake expects of the other side's certificate, and what it found. Attached to an
/// SSL object.
struct certificate_check {
  fingerprint expected;  ///< Null: anyone.
  wall_time now;         ///< When the check is made.
  public_key key{};      ///< Out: the key shown, proven once the handshake is complete.
  fingerprint found;     ///< Out: its fingerprint.
  failure error;         ///< Out: why the certificate was not accepted.

  void attach_to(ssl_st* ssl);
};

/// For SSL_CTX_set_cert_verify_callback: exactly one certificate, valid now, with an Ed25519 key,
/// of whom was expected.
int check_certificate(x509_store_ctx_st* context, void*);

}  // namespace hobnob

#pragma once

#include "transport/tls/identity.hpp"
#include "transport/tls/openssl_pointers.hpp"

namespace hobnob {

/// The private key of `self` in OpenSSL's form.
evp_pkey_ptr make_private_key(const identity& self);

/// A self-signed certificate that carries the key of `self` and nothing else of meaning: name,
/// serial number and validity (2000-01-01 to 9999-12-31) are always the same, so that all
/// certificates have one size and renewing one changes nothing. Throws `std::runtime_error` if
/// OpenSSL cannot make it.
x509_ptr make_certificate(const identity& self);

}  // namespace hobnob

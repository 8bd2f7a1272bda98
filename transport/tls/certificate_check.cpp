#include "transport/tls/certificate_check.hpp"

#include "transport/tls/identity.hpp"
#include "transport/tls/openssl_pointers.hpp"

#include <openssl/objects.h>
#include <openssl/x509_vfy.h>

namespace hobnob {
namespace {

/// Null if `key` is not an Ed25519 key.
bool raw_key(EVP_PKEY* key, public_key& out) {
  std::size_t size = out.size();
  return key != nullptr && EVP_PKEY_get_id(key) == EVP_PKEY_ED25519 &&
         EVP_PKEY_get_raw_public_key(key, out.data(), &size) == 1 && size == out.size();
}

std::string kind_of(EVP_PKEY* key) {
  if (key == nullptr) return "unreadable";
  switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_RSA:
    case EVP_PKEY_RSA_PSS:
      return "RSA";
    case EVP_PKEY_EC:
      return "ECDSA";
    case EVP_PKEY_ED448:
      return "Ed448";
    default:
      return "of another kind";
  }
}

failure judge(X509_STORE_CTX* context, certificate_check& check) {
  auto* certificate = X509_STORE_CTX_get0_cert(context);
  auto* chain = X509_STORE_CTX_get0_untrusted(context);
  if (certificate == nullptr || sk_X509_num(chain) != 1) {
    return {errc::bad_certificate,
            "the other side showed a certificate chain, not one certificate"};
  }
  auto* key = X509_get0_pubkey(certificate);
  if (!raw_key(key, check.key)) {
    return {errc::bad_certificate,
            "the other side's certificate is " + kind_of(key) + ", not Ed25519"};
  }
  check.found = fingerprint_of(check.key);
  std::time_t now = std::chrono::system_clock::to_time_t(check.now);
  if (X509_cmp_time(X509_get0_notBefore(certificate), &now) > 0) {
    return {errc::bad_certificate,
            "the other side's certificate is not valid yet; are both clocks right?"};
  }
  if (X509_cmp_time(X509_get0_notAfter(certificate), &now) < 0) {
    return {errc::bad_certificate, "the other side's certificate has expired"};
  }
  if (!check.expected.is_null() && check.found != check.expected) {
    return {errc::key_mismatch, "expected the key " + to_grouped_string(check.expected) + ", met " +
                                    to_grouped_string(check.found)};
  }
  return {};
}

}  // namespace

void certificate_check::attach_to(ssl_st* ssl) { SSL_set_app_data(ssl, this); }

int check_certificate(x509_store_ctx_st* context, void*) {
  auto* ssl =
      static_cast<SSL*>(X509_STORE_CTX_get_ex_data(context, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto* check = static_cast<certificate_check*>(SSL_get_app_data(ssl));
  check->error = judge(context, *check);
  bool good = !check->error;
  // Tells the other side by the alert `bad_certificate`, which its words for people are made from.
  X509_STORE_CTX_set_error(context, good ? X509_V_OK : X509_V_ERR_CERT_REJECTED);
  return good ? 1 : 0;
}

}  // namespace hobnob

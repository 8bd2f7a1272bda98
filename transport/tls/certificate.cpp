#include "transport/tls/certificate.hpp"

#include <stdexcept>

namespace hobnob {
namespace {

void require(bool done) {
  if (!done) throw std::runtime_error{"OpenSSL could not make the certificate"};
}

}  // namespace

evp_pkey_ptr make_private_key(const identity& self) {
  const auto& seed = self.secret_seed();
  evp_pkey_ptr result{
      EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, seed.data(), seed.size())};
  require(result != nullptr);
  return result;
}

x509_ptr make_certificate(const identity& self) {
  auto key = make_private_key(self);
  x509_ptr result{X509_new()};
  require(result != nullptr);
  auto* x509 = result.get();
  require(X509_set_version(x509, 2) == 1);  // X.509 v3
  require(ASN1_INTEGER_set(X509_get_serialNumber(x509), 1) == 1);
  require(ASN1_TIME_set_string_X509(X509_getm_notBefore(x509), "20000101000000Z") == 1);
  require(ASN1_TIME_set_string_X509(X509_getm_notAfter(x509), "99991231235959Z") == 1);
  auto* name = X509_get_subject_name(x509);
  const auto* common_name = reinterpret_cast<const unsigned char*>("hobnob");
  require(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, common_name, -1, -1, 0) == 1);
  require(X509_set_issuer_name(x509, name) == 1);
  require(X509_set_pubkey(x509, key.get()) == 1);
  require(X509_sign(x509, key.get(), nullptr) > 0);  // Ed25519 brings its own hash.
  return result;
}

}  // namespace hobnob

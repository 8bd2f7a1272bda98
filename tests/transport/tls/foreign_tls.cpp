#include "tests/transport/tls/foreign_tls.hpp"

#include <openssl/err.h>
#include <openssl/rsa.h>

#include <cstring>
#include <stdexcept>

namespace hobnob::test {
namespace {

evp_pkey_ptr make_key(std::string_view kind) {
  if (kind == "RSA") return evp_pkey_ptr{EVP_RSA_gen(2048)};
  if (kind == "EC") return evp_pkey_ptr{EVP_EC_gen("P-256")};
  return evp_pkey_ptr{EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")};
}

x509_ptr make_certificate(EVP_PKEY* key, const foreign_options& options) {
  x509_ptr result{X509_new()};
  X509_set_version(result.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(result.get()), 7);
  ASN1_TIME_set_string_X509(X509_getm_notBefore(result.get()), options.not_before);
  ASN1_TIME_set_string_X509(X509_getm_notAfter(result.get()), options.not_after);
  X509_set_pubkey(result.get(), key);
  bool hashes_itself = EVP_PKEY_get_id(key) == EVP_PKEY_ED25519;
  if (X509_sign(result.get(), key, hashes_itself ? nullptr : EVP_sha256()) <= 0) {
    throw std::runtime_error{"cannot sign"};
  }
  return result;
}

}  // namespace

foreign_tls::foreign_tls(const foreign_options& options) : ctx_(SSL_CTX_new(TLS_method())) {
  SSL_CTX_set_max_proto_version(ctx_.get(), options.version_max);
  SSL_CTX_set_verify(ctx_.get(), SSL_VERIFY_PEER, [](int, X509_STORE_CTX*) { return 1; });
  SSL_CTX_set_alpn_protos(ctx_.get(), reinterpret_cast<const unsigned char*>(options.alpn.data()),
                          static_cast<unsigned>(options.alpn.size()));
  SSL_CTX_set_alpn_select_cb(
      ctx_.get(),
      [](SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* in,
         unsigned, void*) {
        *out = in + 1;  // The first of those offered.
        *out_size = in[0];
        return SSL_TLSEXT_ERR_OK;
      },
      nullptr);
  if (options.key != nullptr) set_certificate(options);
  ssl_.reset(SSL_new(ctx_.get()));
  SSL_set_bio(ssl_.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
  if (options.client) {
    SSL_set_connect_state(ssl_.get());
  } else {
    SSL_set_accept_state(ssl_.get());
  }
}

void foreign_tls::set_certificate(const foreign_options& options) {
  auto key = make_key(options.key);
  auto certificate = make_certificate(key.get(), options);
  if (SSL_CTX_use_certificate(ctx_.get(), certificate.get()) != 1 ||
      SSL_CTX_use_PrivateKey(ctx_.get(), key.get()) != 1) {
    throw std::runtime_error{"cannot use the certificate"};
  }
  for (int i = 1; i < options.chain; ++i) SSL_CTX_add1_chain_cert(ctx_.get(), certificate.get());
}

bool foreign_tls::handshake(byte_view input, bytes& output) {
  if (!input.empty())
    BIO_write(SSL_get_rbio(ssl_.get()), input.data(), static_cast<int>(input.size()));
  bool done = SSL_do_handshake(ssl_.get()) == 1;
  ERR_clear_error();
  char* data = nullptr;
  auto size = BIO_get_mem_data(SSL_get_wbio(ssl_.get()), &data);
  auto first = reinterpret_cast<std::byte*>(data);
  if (size > 0) output.insert(output.end(), first, first + size);
  (void)BIO_reset(SSL_get_wbio(ssl_.get()));
  return done;
}

}  // namespace hobnob::test

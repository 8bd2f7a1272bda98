#include "transport/tls/tls_context.hpp"

#include "transport/tls/certificate.hpp"
#include "transport/tls/certificate_check.hpp"
#include "transport/tls/openssl_pointers.hpp"

#include <openssl/err.h>

#include <algorithm>
#include <stdexcept>
#include <string_view>

namespace hobnob {
namespace {

constexpr std::string_view alpn_wire = "\x08hobnob/1";  // Length, then name (RFC 7301).
constexpr long certificate_bytes_max = 8 * 1024;

void require(bool done, const char* what) {
  if (done) return;
  ERR_clear_error();
  throw std::runtime_error{std::string{"OpenSSL: cannot set "} + what};
}

const unsigned char* as_octets(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

int select_alpn(SSL*, const unsigned char** out, unsigned char* out_size,
                const unsigned char* offered, unsigned int offered_size, void*) {
  unsigned char* chosen = nullptr;
  int found = SSL_select_next_proto(&chosen, out_size, as_octets(alpn_wire), alpn_wire.size(),
                                    offered, offered_size);
  if (found != OPENSSL_NPN_NEGOTIATED) return SSL_TLSEXT_ERR_ALERT_FATAL;
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

void set_protocol(SSL_CTX* ctx) {
  require(SSL_CTX_set_min_proto_version(ctx, TLS1_3_VERSION) == 1, "TLS 1.3");
  // AES-128-GCM is the fastest with AES instructions; a side without them may choose the next.
  require(SSL_CTX_set_ciphersuites(
              ctx, "TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_256_GCM_SHA384"),
          "cipher suites");
  require(SSL_CTX_set1_groups_list(ctx, "X25519:P-256") == 1, "groups");
  // Others than Ed25519 are refused by the certificate check, which can say so in words.
  require(SSL_CTX_set1_sigalgs_list(
              ctx, "ed25519:ECDSA+SHA256:ECDSA+SHA384:RSA-PSS+SHA256:RSA-PSS+SHA384") == 1,
          "signature algorithms");
  require(SSL_CTX_set_alpn_protos(ctx, as_octets(alpn_wire), alpn_wire.size()) == 0, "ALPN");
  SSL_CTX_set_alpn_select_cb(ctx, select_alpn, nullptr);
}

void set_economy(SSL_CTX* ctx) {
  SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_clear_options(ctx, SSL_OP_ENABLE_MIDDLEBOX_COMPAT);
  // An idle connection keeps no record buffers: 18 KB instead of 50. And there is no chain to
  // build: looking for one would verify our own certificate in every handshake.
  SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_NO_AUTO_CHAIN);
  SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
  require(SSL_CTX_set_num_tickets(ctx, 0) == 1, "no tickets");
  SSL_CTX_set_max_cert_list(ctx, certificate_bytes_max);
}

}  // namespace

tls_context::tls_context(const identity& self, const clock& time) : self_(self), time_(time) {
  ERR_clear_error();
  ssl_ctx_ptr ctx{SSL_CTX_new(TLS_method())};
  require(ctx != nullptr, "context");
  set_protocol(ctx.get());
  set_economy(ctx.get());
  auto certificate = make_certificate(self);
  auto key = make_private_key(self);
  require(SSL_CTX_use_certificate(ctx.get(), certificate.get()) == 1, "certificate");
  require(SSL_CTX_use_PrivateKey(ctx.get(), key.get()) == 1, "private key");
  SSL_CTX_set_verify(ctx.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  SSL_CTX_set_cert_verify_callback(ctx.get(), check_certificate, nullptr);
  native_ = ctx.release();
}

tls_context::~tls_context() { SSL_CTX_free(native_); }

}  // namespace hobnob

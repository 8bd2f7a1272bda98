#include "transport/tls/tls_error.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/sslerr.h>

namespace hobnob {
namespace {

constexpr const char* another_version = "the other side speaks no TLS 1.3";
constexpr const char* our_certificate = "the other side refused our certificate or key";

failure words_for(int reason) {
  switch (reason) {
    case SSL_R_HTTP_REQUEST:
    case SSL_R_HTTPS_PROXY_REQUEST:
      return {errc::not_tls, "the other side speaks plain HTTP, not TLS"};
    case SSL_R_WRONG_VERSION_NUMBER:
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_UNKNOWN_PROTOCOL:
    case SSL_R_VERSION_TOO_LOW:
    case SSL_R_WRONG_SSL_VERSION:
    case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
    case SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE:
    case SSL_R_NO_SHARED_CIPHER:
      return {errc::wrong_version, another_version};
    case SSL_R_NO_APPLICATION_PROTOCOL:
    case SSL_R_TLSV1_ALERT_NO_APPLICATION_PROTOCOL:
      return {errc::wrong_version, "the other side speaks TLS, but not hobnob"};
    case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
      return {errc::bad_certificate, "the other side showed no certificate"};
    case SSL_R_EXCESSIVE_MESSAGE_SIZE:
      return {errc::bad_certificate, "the other side's certificate is too large"};
    case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
    case SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE:
    case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
    case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
    case SSL_R_TLSV1_ALERT_ACCESS_DENIED:
      return {errc::refused_by_peer, our_certificate};
    default:
      break;
  }
  const char* text = ERR_reason_error_string(ERR_PACK(ERR_LIB_SSL, 0, reason));
  return {errc::tls_failed, std::string{"TLS failed: "} + (text ? text : "unknown reason")};
}

}  // namespace

failure take_tls_failure() {
  auto error = ERR_peek_error();
  auto library = ERR_GET_LIB(error);
  failure result{errc::tls_failed};
  if (library == ERR_LIB_SSL) {
    result = words_for(ERR_GET_REASON(error));
  } else if (error != 0) {
    const char* text = ERR_reason_error_string(error);
    result.detail = std::string{"TLS failed: "} + (text ? text : "unknown reason");
  }
  ERR_clear_error();
  return result;
}

}  // namespace hobnob

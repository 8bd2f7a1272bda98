#pragma once

#include <boost/system/error_code.hpp>
#include <string>
#include <type_traits>

namespace hobnob {

/// What can go wrong on a connection beyond what the operating system reports. The messages say
/// what a person can do.
enum class errc {
  truncated = 1,      ///< The stream ended where its protocol would have told first.
  empty_frame,        ///< A frame without payload.
  frame_too_large,    ///< A frame longer than its type may be.
  unknown_frame,      ///< A frame type of no known version.
  bad_frame,          ///< A frame whose fixed parts make no sense.
  tls_failed,         ///< The TLS handshake or a TLS record failed; the detail tells.
  not_tls,            ///< The other side speaks another protocol.
  wrong_version,      ///< The other side speaks no TLS 1.3, or not this protocol.
  bad_certificate,    ///< No certificate, an expired one, or one of another kind than Ed25519.
  key_mismatch,       ///< The key is not the one expected.
  refused_by_peer,    ///< The other side did not accept our certificate.
  handshake_timeout,  ///< No complete handshake in time.
  login_timeout,      ///< No login in time.
  login_too_large,    ///< More bytes than a login needs.
  self_connection,    ///< The connection leads back to its own socket.
  write_stalled,      ///< The other side takes nothing any more.
};

const boost::system::error_category& transport_category() noexcept;

inline boost::system::error_code make_error_code(errc value) noexcept {
  return {static_cast<int>(value), transport_category()};
}

/// The error in words for people: "connection refused", "timed out", ...
std::string describe(const boost::system::error_code& error);

/// An error with its particulars for people; no error means success.
struct failure {
  boost::system::error_code error;
  std::string detail = {};

  explicit operator bool() const noexcept { return static_cast<bool>(error); }

  /// The detail if there is one, else the error in words.
  std::string text() const { return detail.empty() ? describe(error) : detail; }
};

}  // namespace hobnob

template <>
struct boost::system::is_error_code_enum<hobnob::errc> : std::true_type {};

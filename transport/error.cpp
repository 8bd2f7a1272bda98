#include "transport/error.hpp"

namespace hobnob {
namespace {

const char* message_of(errc value) noexcept {
  switch (value) {
    case errc::truncated:
      return "the connection was cut in the middle";
    case errc::empty_frame:
      return "the other side sent an empty frame";
    case errc::frame_too_large:
      return "the other side sent a frame that is too large";
    case errc::unknown_frame:
      return "the other side sent a kind of frame this version does not know; is it newer?";
    case errc::bad_frame:
      return "the other side sent a frame that makes no sense";
    case errc::tls_failed:
      return "the encrypted connection could not be set up";
    case errc::not_tls:
      return "the other side does not speak hobnob; check address and port";
    case errc::wrong_version:
      return "the other side speaks another version of the protocol";
    case errc::bad_certificate:
      return "the other side showed no valid certificate";
    case errc::key_mismatch:
      return "the key is not the expected one; verify the other side before you trust it";
    case errc::refused_by_peer:
      return "the other side refused our key";
    case errc::handshake_timeout:
      return "the other side did not complete the handshake in time";
    case errc::login_timeout:
      return "no login in time";
    case errc::login_too_large:
      return "too many bytes before the login";
    case errc::self_connection:
      return "the connection leads back to this program";
    case errc::write_stalled:
      return "the other side takes no more data";
  }
  return "unknown transport error";
}

// Boost's base class has a protected destructor in spirit only; no one deletes a category.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wnon-virtual-dtor"
class category final : public boost::system::error_category {
 public:
  const char* name() const noexcept override { return "hobnob.transport"; }
  std::string message(int value) const override { return message_of(static_cast<errc>(value)); }
};
#pragma GCC diagnostic pop

}  // namespace

std::string describe(const boost::system::error_code& error) {
  namespace code = boost::system::errc;
  if (error == code::timed_out) return "timed out";
  auto result = error.message();
  if (!result.empty() && result[0] >= 'A' && result[0] <= 'Z')
    result[0] = static_cast<char>(result[0] - 'A' + 'a');
  return result;
}

const boost::system::error_category& transport_category() noexcept {
  static const category instance;
  return instance;
}

}  // namespace hobnob

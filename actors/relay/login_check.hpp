#pragma once

#include "actors/messages.hpp"
#include "actors/signed_record.hpp"
#include "transport/connection_handle.hpp"

#include <optional>

namespace hobnob {

namespace wire {
class Login;
}

/// A login of right form, or why it is refused.
struct login_check {
  std::optional<login_request> login;
  close_info refusal;
};

/// Checks everything of `login` that needs no directory: version, name, the form of the signed
/// record and that it is the record of this user and of the key that TLS proved.
login_check check_login(const wire::Login& login, const connection_info& who);

}  // namespace hobnob

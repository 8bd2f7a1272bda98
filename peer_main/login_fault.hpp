#pragma once

#include "actors/messages.hpp"

#include <string>

namespace hobnob {

/// Why the relay does not let us in, and what can be done about it.
inline std::string login_fault(const session_changed& news) {
  if (news.code == "relay-key-changed")
    return news.detail +
           ". If the relay was set up anew, accept its key by giving the address that it prints "
           "now: "
           "--relay hobnob://HOST:PORT/?id=...";
  if (news.code == "name-taken")
    return news.detail +
           ". Take another --user, or let the relay's administrator rebind the name to your key "
           "(peer_main id shows it)";
  if (news.code == "registration-closed")
    return news.detail + "; send him what `peer_main id` prints";
  if (news.code == "unreachable")
    return "cannot reach the relay " + news.detail +
           ". Is it running, does --relay name what it printed, and does a firewall let its port "
           "through?";
  if (news.code == "kicked") return news.detail + "; start again to come back";
  return news.detail;
}

}  // namespace hobnob

#pragma once

#include <map>
#include <string>
#include <vector>

namespace hobnob {

/// By the key of each setting that does not stand on the command line: where its values stand, in
/// their order, as `/home/ann/peer.conf:3` or `HOBNOB_USER`.
using setting_origins = std::map<std::string, std::vector<std::string>>;

}  // namespace hobnob

#include "actors/transfer/offer_policy.hpp"

#include "actors/core/size_text.hpp"

#include <utility>

namespace hobnob {
namespace {

offer_verdict refused(std::string code, std::string detail) {
  return {offer_verdict::decision::refuse, std::move(code), std::move(detail)};
}

/// Whether nobody need be asked for the size of it.
bool is_usual(const transfer_policy& policy, const core::transfer_summary& offered) {
  constexpr auto no_limit = transfer_policy::no_limit;
  return (policy.size_max != no_limit || offered.bytes <= transfer_policy::unasked_size_max) &&
         (policy.files_max != no_limit || offered.entries <= transfer_policy::unasked_files_max);
}

}  // namespace

const transfer_policy& policy_for(const transfer_config& config, const std::string& user) {
  const auto found = config.users.find(user);
  return found == config.users.end() ? config.policy : found->second;
}

offer_verdict judge_offer(const transfer_config& config, const offerer& from,
                          const core::transfer_summary& offered) {
  using decision = offer_verdict::decision;
  const auto& policy = policy_for(config, from.user);
  if (policy.accept == accept_policy::none) return refused("refused", "no offers are taken");
  if (offered.bytes > policy.size_max) {
    return refused("too-large",
                   "at most " + core::shown_size(policy.size_max) + " are taken at once");
  }
  if (offered.entries > policy.files_max) {
    return refused("too-many", "at most " + std::to_string(policy.files_max) +
                                   " files and folders are taken at once");
  }
  if (from.unfinished >= config.offers_max)
    return refused("refused", "too many other offers of this user are open");
  const bool accepted = policy.accept == accept_policy::all ||
                        (policy.accept == accept_policy::known && from.met_before) ||
                        (policy.accept == accept_policy::verified && from.verified);
  // Whatever is accepted needs a place to go to.
  return {
      accepted && is_usual(policy, offered) && config.make_sink ? decision::accept : decision::ask,
      {},
      {}};
}

}  // namespace hobnob

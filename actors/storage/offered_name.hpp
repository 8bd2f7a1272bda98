#pragma once

#include <set>
#include <string>
#include <string_view>

namespace hobnob {

/// The name under which a file called `name` on this disk is offered, so that every receiver takes
/// it: as it is if it can be, or with `_` for what could not be shown. Linux allows any bytes.
/// `outermost`: a dot or a dash in front is veiled as well.
std::string offered_name(std::string_view name, bool outermost);

/// Adds `name` to `taken`, numbered if another one has it already, and returns it.
std::string distinct_name(std::string name, std::set<std::string>& taken);

}  // namespace hobnob

// Production peers and a relay on a simulated network: two people talk while the network between
// them fails and heals, in virtual time, from a seed. Prints the same for the same SIM_SEED.

#include "actors/state_names.hpp"
#include "actors/testing/invariants.hpp"
#include "actors/testing/world.hpp"

#include <exception>
#include <iostream>

int main() try {
  using namespace std::chrono_literals;
  hobnob::testing::world w{hobnob::testing::seed_from_environment(42)};
  w.add_relay();
  auto& ann = w.add_peer("ann", w.add_site("home"));
  auto& bob = w.add_peer("bob");
  if (!w.settle()) return 1;
  std::cout << "ann talks to bob by " << to_string(ann.path_to("bob")) << '\n';

  w.apply("partition ann from bob");
  const auto message = ann.send_text("bob", "can you hear me?");
  w.run_for(30s);
  const auto outcome = ann.outcome(message);
  std::cout << "partitioned, it was " << to_string(outcome.state) << " by "
            << to_string(outcome.path) << '\n';

  w.heal_everything();
  w.run_for(2min);
  std::cout << "healed, ann talks to bob by " << to_string(ann.path_to("bob")) << " again\n";

  auto wrong = check_safety(w);
  for (const auto& sentence : check_liveness(w)) wrong.push_back(sentence);
  std::cout << hobnob::testing::to_text(wrong);
  return wrong.empty() && bob.inbox().size() == 1 ? 0 : 1;
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}

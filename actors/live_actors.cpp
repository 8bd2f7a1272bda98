#include "actors/live_actors.hpp"

#include <caf/abstract_actor.hpp>
#include <caf/actor.hpp>
#include <caf/actor_cast.hpp>
#include <caf/atom.hpp>
#include <caf/runtime_settings_map.hpp>
#include <caf/send.hpp>
#include <vector>

namespace hobnob {

namespace {
constexpr auto settings_key = caf::atom("hobnobLive");
}

void live_actors::publish(caf::actor_system& system) {
  system.runtime_settings().set(settings_key, static_cast<void*>(this));
}

live_actors* live_actors::of(caf::actor_system& system) {
  const auto found = system.runtime_settings().get_or(settings_key, static_cast<void*>(nullptr));
  const auto* pointer = caf::get_if<void*>(&found);
  return pointer ? static_cast<live_actors*>(*pointer) : nullptr;
}

// An actor that has ended meanwhile runs the functor at once.
void live_actors::note_spawned(const caf::strong_actor_ptr& actor, bool detached) {
  if (!detached && entered_by_ == entered_by::scheduler) return;
  add(actor);
  actor->get()->attach_functor([this, id = actor->id()] { remove(id); });
}

void live_actors::add(const caf::strong_actor_ptr& actor) {
  const std::lock_guard lock(mutex_);
  actors_.emplace(actor->id(), caf::actor_cast<caf::weak_actor_ptr>(actor));
}

void live_actors::remove(caf::actor_id id) {
  const std::lock_guard lock(mutex_);
  actors_.erase(id);
}

std::size_t live_actors::size() const {
  const std::lock_guard lock(mutex_);
  return actors_.size();
}

void live_actors::end_all(caf::exit_reason reason) {
  // An actor whose last reference is dropped here ends here, and comes back to `remove`.
  std::vector<caf::strong_actor_ptr> targets;
  {
    const std::lock_guard lock(mutex_);
    targets.reserve(actors_.size());
    for (const auto& [id, actor] : actors_) {
      if (auto target = caf::actor_cast<caf::strong_actor_ptr>(actor)) {
        targets.push_back(std::move(target));
      }
    }
  }
  for (const auto& target : targets) {
    caf::anon_send_exit(caf::actor_cast<caf::actor>(target), reason);
  }
}

}  // namespace hobnob

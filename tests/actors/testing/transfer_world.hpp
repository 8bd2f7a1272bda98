#pragma once

#include "actors/core/memory_content.hpp"
#include "actors/storage/file_sink.hpp"
#include "actors/testing/memory_files.hpp"
#include "tests/actors/testing/faulty_sink.hpp"
#include "tests/actors/testing/sim_world.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace hobnob::testing {

/// Where a peer receives to: a shelf for each transfer, which outlives the program as a disk does.
struct shelves {
  std::map<transfer_id, std::shared_ptr<core::memory_shelf>> by_id;
  std::uint64_t room = UINT64_MAX;  ///< Of new ones.
  std::filesystem::path folder;     ///< If not empty: to this one of the real disk instead.
  std::shared_ptr<sink_faults> faults = std::make_shared<sink_faults>();

  std::shared_ptr<core::memory_shelf> of(const transfer_id& id) {
    auto& shelf = by_id[id];
    if (!shelf) {
      shelf = std::make_shared<core::memory_shelf>();
      shelf->room = room;
    }
    return shelf;
  }

  std::shared_ptr<core::transfer_sink> open(const transfer_config::sink_order& order) {
    std::shared_ptr<core::transfer_sink> sink;
    if (folder.empty()) {
      sink = std::make_shared<core::memory_sink>(of(order.id));
    } else {
      sink = std::make_shared<file_sink>(folder, order.id, conflict_policy::rename, order.finished);
    }
    return std::make_shared<faulty_sink>(std::move(sink), order.id, faults);
  }
};

/// Ann and Bob, with files to send in memory.
struct TransferWorld : ::testing::Test {
  static world_options plain() {
    world_options options;
    options.plain_handshake = true;
    return options;
  }

  explicit TransferWorld(accept_policy policy = accept_policy::all, std::uint64_t seed = 1)
      : w(seed, plain()) {
    w.add_relay();
    ann = &add("ann", policy);
    bob = &add("bob", policy);
  }

  sim_peer& add(const std::string& user, accept_policy policy, peer_options options = {}) {
    options.user = user;
    auto& transfers = options.config.transfers;
    transfers.policy.accept = policy;
    transfers.make_sink = [place = received_by[user] = std::make_shared<shelves>()](
                              const transfer_config::sink_order& order) {
      return place->open(order);
    };
    transfers.open_source = [this](const std::vector<std::string>& sources) {
      return sources.empty() ? nullptr : open(sources.front());
    };
    return w.add_peer(options);
  }

  /// Null if there is no such file.
  std::shared_ptr<core::memory_source> open(const std::string& source) {
    const auto found = files.find(source);
    if (found == files.end()) return nullptr;
    auto result = std::make_shared<core::memory_source>(found->second);
    opened[source].push_back(result);
    return result;
  }

  /// Whoever has it open, or opens it from now on, finds another file there.
  void change_file(const std::string& source, const std::string& name, const bytes& content) {
    core::memory_source changed;
    changed.add_file(name, shared_slice::of(bytes{content}));
    files[source] = changed;
    for (const auto& each : opened[source]) {
      if (const auto open = each.lock()) open->change_file(0, shared_slice::of(bytes{content}));
    }
  }

  /// A file to send, which a later start of the program can open again.
  hobnob::send_files order(const std::string& to, const std::string& name, std::size_t size) {
    core::memory_source source;
    source.add_file(name, shared_slice::of(content_of(size, name.size())));
    files[name] = source;
    hobnob::send_files result;
    result.to = to;
    result.source = open(name);
    result.sources = {name};
    return result;
  }

  bool arrived(const std::string& user, const transfer_id& id, const std::string& name) {
    const auto* there = received_by.at(user)->of(id)->find(name);
    return there && *there == content_of(there->size(), name.size()) &&
           received_by.at(user)->of(id)->closed;
  }

  bool run_until(sim_peer& peer, const transfer_id& id, transfer_state state,
                 std::chrono::seconds limit = std::chrono::seconds{60}) {
    return w.run_until([&] { return peer.transfer(id).state == state; }, limit);
  }

  bool both_done(const transfer_id& id, std::chrono::seconds limit = std::chrono::seconds{120}) {
    return run_until(*ann, id, transfer_state::done, limit) &&
           run_until(*bob, id, transfer_state::done, std::chrono::seconds{30});
  }

  test_world w;
  std::map<std::string, core::memory_source> files;  ///< That can be opened, by their sources.
  std::map<std::string, std::vector<std::weak_ptr<core::memory_source>>> opened;
  std::map<std::string, std::shared_ptr<shelves>> received_by;
  sim_peer* ann = nullptr;
  sim_peer* bob = nullptr;
};

}  // namespace hobnob::testing

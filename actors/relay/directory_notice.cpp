#include "actors/relay/directory_notice.hpp"

#include "actors/control_frame.hpp"
#include "transport/wire/control.pb.h"

#include <utility>

namespace hobnob {
namespace {

// Leaves room below `control_frame_size_max` for one more entry and the wrapping.
constexpr std::size_t frame_size_aim = 60 * 1024;

void fill_entry(const core::directory_session& session, wire::DirectoryEntry& entry) {
  entry.set_session(session.id);
  entry.mutable_record()->ParseFromString(session.signed_record);
  entry.set_observed_endpoint(to_string(session.observed));
  entry.set_suspect(session.suspect);
}

/// Cuts a long list of changes into frames.
class frame_writer {
 public:
  explicit frame_writer(bool snapshot) : snapshot_(snapshot) {}

  void joined(const core::directory_session& session) {
    fill_entry(session, *change().add_joined());
    grow(change().joined(change().joined_size() - 1).ByteSizeLong());
  }
  void left(std::uint64_t id, close_reason reason) {
    auto& entry = *change().add_left();
    entry.set_session(id);
    entry.set_reason(static_cast<std::uint32_t>(reason));
    grow(entry.ByteSizeLong());
  }
  void suspected(std::uint64_t id, bool suspect) {
    auto& entry = *change().add_suspect();
    entry.set_session(id);
    entry.set_suspect(suspect);
    grow(entry.ByteSizeLong());
  }

  std::vector<shared_slice> finish() {
    if (snapshot_) change().set_snapshot_end(true);
    if (snapshot_ || size_ > 0) end_frame();
    return std::move(frames_);
  }

 private:
  static constexpr std::size_t overhead_per_entry = 4;  // Tag and length.

  wire::DirectoryChange& change() { return *control_.mutable_directory_change(); }

  void grow(std::size_t by) {
    size_ += by + overhead_per_entry;
    if (size_ >= frame_size_aim) end_frame();
  }

  void end_frame() {
    change().set_snapshot(snapshot_);
    frames_.push_back(encode_control(control_));
    control_.Clear();
    size_ = 0;
  }

  const bool snapshot_;
  wire::Control control_;
  std::size_t size_ = 0;
  std::vector<shared_slice> frames_;
};

}  // namespace

std::string encode_directory_entry(const core::directory_session& session) {
  wire::DirectoryEntry entry;
  fill_entry(session, entry);
  return entry.SerializeAsString();
}

std::vector<shared_slice> encode_snapshot(const core::directory_table& table) {
  frame_writer writer{true};
  for (const auto& [id, session] : table.sessions()) {
    if (!session.hidden) writer.joined(session);
  }
  return writer.finish();
}

std::vector<shared_slice> encode_changes(const core::directory_table& table,
                                         const core::directory_changes& changes) {
  frame_writer writer{false};
  for (const auto& [id, reason] : changes.left) writer.left(id, reason);
  for (const auto id : changes.joined) {
    if (const auto* session = table.find(id)) writer.joined(*session);
  }
  for (const auto& [id, suspect] : changes.suspected) writer.suspected(id, suspect);
  return writer.finish();
}

}  // namespace hobnob

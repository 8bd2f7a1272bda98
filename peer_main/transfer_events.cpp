#include "peer_main/transfer_events.hpp"

#include "actors/state_names.hpp"

namespace hobnob {
namespace {

/// How many outermost files and folders there are beside the one that gave the transfer its name.
std::size_t others_of(const core::transfer_summary& summary) {
  const auto& all = summary.outermost;
  return all.empty() || all.front().name != summary.name ? 0 : all.size() - 1;
}

event_builder begin_transfer(std::string_view name, const transfer_info& info) {
  event_builder event{name};
  event.with("id", info.id)
      .with("direction", to_string(info.direction))
      .with("user", info.user)
      .with_any("fingerprint", info.key)
      .with("name", info.summary.name)
      .with_if(others_of(info.summary) > 0, "others", others_of(info.summary))
      .with("files", info.summary.files)
      .with("bytes", info.summary.bytes);
  return event;
}

event_builder& with_progress(event_builder& event, const transfer_info& info) {
  return event.with("state", info.state)
      .with("files_done", info.files_done)
      .with("bytes_done", info.bytes_done)
      .with("bytes_per_second", info.bytes_per_second)
      .with("path", info.path)
      .with_any("code", info.code)
      .with_any("detail", info.detail)
      .with_if(info.omitted.count > 0, "omitted", info.omitted.count)
      .with_if(info.renamed.count > 0, "renamed", info.renamed.count);
}

boost::json::array outermost_of(const transfer_info& info) {
  boost::json::array list;
  for (const auto& entry : info.summary.outermost) {
    list.push_back(event_object{{"name", entry.name},
                                {"folder", entry.kind == core::entry_kind::folder},
                                {"files", entry.files},
                                {"bytes", entry.bytes}});
  }
  return list;
}

boost::json::array omitted_of(const transfer_info& info) {
  boost::json::array list;
  for (const auto& entry : info.omitted.first)
    list.push_back(event_object{{"path", entry.path}, {"reason", entry.reason}});
  return list;
}

boost::json::array renamed_of(const transfer_info& info) {
  boost::json::array list;
  for (const auto& entry : info.renamed.first)
    list.push_back(event_object{{"path", entry.path}, {"name", entry.name}});
  return list;
}

/// How much was left out, here and there, or renamed, and the first of it.
event_builder& with_exceptions(event_builder& event, const transfer_info& info) {
  return event.with_if(info.omitted.count > 0, "omitted", info.omitted.count)
      .with_if(!info.omitted.first.empty(), "omitted_first", omitted_of(info))
      .with_if(info.omitted_there > 0, "omitted_there", info.omitted_there)
      .with_if(info.renamed.count > 0, "renamed", info.renamed.count)
      .with_if(!info.renamed.first.empty(), "renamed_first", renamed_of(info));
}

boost::json::array places_of(const transfer_info& info) {
  boost::json::array places;
  for (const auto& place : info.stored) places.emplace_back(place);
  return places;
}

}  // namespace

std::string_view to_string(transfer_state state) noexcept {
  switch (state) {
    case transfer_state::offered:
      return "offered";
    case transfer_state::queued:
      return "queued";
    case transfer_state::running:
      return "running";
    case transfer_state::verifying:
      return "verifying";
    case transfer_state::waiting:
      return "waiting";
    case transfer_state::paused:
      return "paused";
    case transfer_state::done:
      return "done";
    case transfer_state::failed:
      return "failed";
  }
  return "failed";
}

std::string_view to_string(transfer_direction direction) noexcept {
  return direction == transfer_direction::sending ? "sending" : "receiving";
}

event_object event_of(const transfer_offered& news) {
  return begin_transfer("transfer-offer", news.info)
      .with_if(!news.info.summary.outermost.empty(), "outermost", outermost_of(news.info))
      .with_any("note", news.info.note)
      .with_if(news.expires_ms > 0, "expires_ms", news.expires_ms)
      .take();
}

event_object event_of(const transfer_progress& news) {
  auto event = begin_transfer("transfer-progress", news.info);
  return with_progress(event, news.info).take();
}

event_object event_of(const transfer_ended& news) {
  const auto& info = news.info;
  if (info.state == transfer_state::done) {
    auto event = begin_transfer("transfer-done", info);
    return with_exceptions(event, info)
        .with_if(!info.stored.empty(), "stored", places_of(info))
        .take();
  }
  return begin_transfer("transfer-failed", info)
      .with("code", info.code)
      .with("detail", info.detail)
      .take();
}

event_object event_of(const transfer_info& row) {
  auto event = begin_transfer("transfer", row);
  with_progress(event, row);
  return with_exceptions(event, row)
      .with_if(!row.summary.outermost.empty(), "outermost", outermost_of(row))
      .with_any("note", row.note)
      .with_if(!row.stored.empty(), "stored", places_of(row))
      .take();
}

event_object transfer_order_event(std::string_view order, const transfer_info& about) {
  return begin_transfer("transfer-order", about).with("order", order).take();
}

event_object transfers_event(std::size_t count) {
  return event_builder{"transfers"}.with("transfers", count).take();
}

}  // namespace hobnob

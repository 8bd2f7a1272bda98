// A trace as a sequence diagram: https://mermaid.js.org/syntax/sequenceDiagram.html

#include "transport/sim/trace_writer.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <ostream>
#include <string_view>

namespace hobnob::sim {

namespace {

/// Text as Mermaid takes it: these characters would end it or begin an entity.
std::string plain(std::string_view text) {
  std::string out;
  for (const char letter : text) {
    switch (letter) {
      case ';':
        out += "#59;";
        break;
      case '#':
        out += "#35;";
        break;
      case '\n':
        out += ' ';
        break;
      default:
        out += letter;
    }
  }
  return out;
}

std::string milliseconds_text(const trace& from, time_point at) {
  const auto milliseconds =
      std::chrono::duration_cast<std::chrono::milliseconds>(at - from.start()).count();
  std::string fraction = std::to_string(milliseconds % 1000);
  fraction.insert(0, 3 - fraction.size(), '0');
  return std::to_string(milliseconds / 1000) + '.' + fraction + " s";
}

std::string packet_label(const trace_record& record) {
  std::string label{to_string(record.packet)};
  if (record.size > 0) label += ' ' + std::to_string(record.size);
  if (record.fin) label += " fin";
  return label;
}

/// A line: `arrow` time `text`.
struct drawn {
  std::string arrow;
  std::string text;
  bool loss = false;
  time_point first{}, last{};
  std::size_t times = 1;
};

class diagram {
 public:
  /// `frames`: they are shown instead of the packets that carry them.
  diagram(const trace& from, const std::vector<std::string>& hosts, bool frames)
      : from_(from), frames_(frames) {
    for (const std::string& host : hosts) aliases_.emplace(host, alias(aliases_.size()));
  }

  /// The line for `record`; nothing if it does not show.
  std::optional<drawn> draw(const trace_record& record) const {
    const std::string* here = find(record.host);
    const std::string* peer = find(record.peer);
    switch (record.kind) {
      case record_kind::frame_received:
        if (here == nullptr || peer == nullptr) return {};
        return drawn{*peer + "->>" + *here, record.word + ' ' + std::to_string(record.size)};
      case record_kind::delivered:
        if (here == nullptr || peer == nullptr || !shows(record)) return {};
        return drawn{*peer + "->>" + *here, packet_label(record)};
      case record_kind::dropped:
        if (peer == nullptr || record.packet == packet_kind::ack) return {};
        return drawn{*peer + "-x" + (here != nullptr ? *here : *peer),
                     packet_label(record) + " lost at " + plain(from_.name_of(record.host)) + ", " +
                         plain(record.text),
                     true};
      case record_kind::sent:
      case record_kind::frame_sent:
        return {};
      case record_kind::note:
        if (here != nullptr && peer != nullptr) {
          return drawn{*here + "-)" + *peer, plain(record.word + ' ' + record.text)};
        }
        [[fallthrough]];
      default:
        if (here == nullptr) return {};
        return drawn{"Note over " + *here,
                     plain(record.word) + (record.word.empty() ? "" : " ") + plain(record.text)};
    }
  }

 private:
  bool shows(const trace_record& packet) const {
    if (packet.packet == packet_kind::ack) return false;
    return packet.packet != packet_kind::data || packet.fin || !frames_;
  }

  static std::string alias(std::size_t index) { return "h" + std::to_string(index); }

  const std::string* find(host_id id) const {
    const auto found = aliases_.find(from_.name_of(id));
    return found == aliases_.end() ? nullptr : &found->second;
  }

  const trace& from_;
  bool frames_;
  std::map<std::string, std::string, std::less<>> aliases_;  // Host names may hold anything.
};

/// Everyone who sent, got or noted something, in order of appearance.
std::vector<std::string> all_hosts(const trace& from, const trace_filter& filter) {
  std::vector<std::string> names;
  std::set<host_id> known{host_id::none};
  const auto add = [&](host_id id) {
    if (known.insert(id).second) names.push_back(from.name_of(id));
  };
  for (const trace_record& record : from.records()) {
    if (!from.matches(record, filter)) continue;
    add(record.peer);
    if (record.kind != record_kind::dropped) add(record.host);
  }
  return names;
}

/// Whoever dials what does not answer loses packet after packet, and so does the other side: lost
/// SYNs of one kind are one line, where the first was lost. Other losses are as long as nothing
/// else shows between them.
class folded_lines {
 public:
  void add(drawn line, bool is_syn) {
    if (!line.loss) {
      losses_.clear();
    } else {
      const auto [known, is_new] =
          (is_syn ? syns_ : losses_).try_emplace(line.arrow + line.text, all_.size());
      if (!is_new) {
        auto& before = all_[known->second];
        before.last = line.first;
        ++before.times;
        return;
      }
    }
    all_.push_back(std::move(line));
  }

  const std::vector<drawn>& all() const { return all_; }

 private:
  std::vector<drawn> all_;
  std::map<std::string, std::size_t> syns_, losses_;  // Where they are.
};

std::string to_line(const trace& from, const drawn& what) {
  auto text = what.arrow + ": " + milliseconds_text(from, what.first) + ' ' + what.text;
  if (what.times > 1) {
    text += " ×" + std::to_string(what.times) + ", last at " + milliseconds_text(from, what.last);
  }
  return text;
}

bool has_frames(const trace& from, const trace_filter& filter) {
  return std::ranges::any_of(from.records(), [&](const trace_record& record) {
    return record.kind == record_kind::frame_received && from.matches(record, filter);
  });
}

}  // namespace

void write_mermaid(std::ostream& out, const trace& from, const std::vector<std::string>& hosts,
                   const trace_filter& filter, std::size_t lines_max) {
  const std::vector<std::string> shown = hosts.empty() ? all_hosts(from, filter) : hosts;
  const diagram picture{from, shown, has_frames(from, filter)};
  out << "sequenceDiagram\n";
  for (std::size_t i = 0; i < shown.size(); ++i) {
    out << "  participant h" << i << " as " << plain(shown[i]) << '\n';
  }
  folded_lines folded;
  for (const trace_record& record : from.records()) {
    if (!from.matches(record, filter)) continue;
    if (auto line = picture.draw(record)) {
      line->first = record.at;
      folded.add(*std::move(line), record.packet == packet_kind::syn);
    }
  }
  const auto& lines = folded.all();
  const auto shown_lines = std::min(lines.size(), lines_max);
  for (std::size_t i = 0; i < shown_lines; ++i) out << "  " << to_line(from, lines[i]) << '\n';
  if (lines.size() > shown_lines && !shown.empty()) {
    out << "  Note over h0: " << lines.size() - shown_lines << " more\n";
  }
}

}  // namespace hobnob::sim

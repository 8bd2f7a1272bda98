#pragma once

#include "actors/core/outbox.hpp"
#include "tests/actors/core/message_for_test.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

namespace hobnob::core {

struct Outbox : testing::Test {
  static constexpr outbox_route link{.id = 1, .path = 1, .relayed = false};
  static constexpr outbox_route relay{.id = 2, .path = 6, .relayed = true};
  static constexpr outbox_route second_link{.id = 3, .path = 2, .relayed = false};
  static constexpr outbox_route nowhere{};

  static std::uint64_t number_of(const std::array<std::uint8_t, 16>& id) {
    std::uint64_t number = 0;
    std::memcpy(&number, id.data(), sizeof number);
    return number;
  }

  outbox::time_point now{std::chrono::seconds{1000}};
  outbox box{7};
  outbox_actions out;

  void push(std::uint64_t number, std::chrono::milliseconds timeout = std::chrono::seconds{30},
            bool direct = false) {
    box.push(message_for_test(number), now + timeout, direct, now, out);
  }
  void push_sized(std::uint64_t number, std::size_t size, frame_priority priority,
                  std::string channel = "app") {
    auto m = message_for_test(number, std::string(size, 'x'), std::move(channel));
    m.priority = priority;
    box.push(std::move(m), now + std::chrono::seconds{30}, false, now, out);
  }
  void confirm(std::uint64_t number, receipt_status status = receipt_status::delivered) {
    EXPECT_TRUE(box.take_receipt({id_for_test(number), status}, now, out));
  }
  void refuse(const outbox_route& by, std::uint64_t number, const std::string& code) {
    const std::vector ids(1, id_for_test(number));
    box.refused(by.id, ids, code, now, out);
  }
  void tick_at(outbox::time_point when) {
    now = when;
    box.tick(now, out);
  }

  /// What was handed to the carrier since the last call: "number:sequence/floor".
  std::string carried() {
    std::string all;
    for (const auto& m : out.carry) {
      if (!all.empty()) all += ' ';
      all += std::to_string(number_of(m.id)) + ":" + std::to_string(m.sequence) + "/" +
             std::to_string(m.floor);
    }
    out.carry.clear();
    return all;
  }

  /// What was reported since the last call: "number sent@path", "number delivered@path", "number
  /// code".
  std::vector<std::string> reported() {
    std::vector<std::string> all;
    for (const auto& r : out.reports) {
      auto text = std::to_string(number_of(r.id)) + " ";
      if (r.what == outbox_report::kind::failed) {
        text += r.code;
      } else {
        text += r.what == outbox_report::kind::sent ? "sent@" : "delivered@";
        text += std::to_string(r.path);
      }
      all.push_back(text);
    }
    out.reports.clear();
    return all;
  }
  using reports = std::vector<std::string>;
};

}  // namespace hobnob::core

#include "actors/transfer/transfer_offer.hpp"

#include "actors/core/outermost_entries.hpp"
#include "transport/wire/transfer.pb.h"

#include <gtest/gtest.h>
#include <functional>

namespace hobnob {
namespace {

offered_files some_offer() {
  offered_files offer;
  offer.summary = {"photos", 12, 10, 1000};
  offer.summary.holes = 700;
  offer.summary.outermost = {{"photos", core::entry_kind::folder, 9, 900},
                             {"report.pdf", core::entry_kind::file, 1, 100}};
  offer.manifest = {1, 2, 3};
  offer.note = "from the holidays";
  offer.expires = std::chrono::seconds{77};
  return offer;
}

wire::TransferOffer on_the_wire(const offered_files& offer) {
  wire::TransferOffer words;
  write_offer(offer, words);
  return words;
}

TEST(TransferOffer, IsReadAsItWasWritten) {
  const auto read = read_offer(on_the_wire(some_offer()));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->summary, some_offer().summary);
  EXPECT_EQ(read->manifest, some_offer().manifest);
  EXPECT_EQ(read->note, some_offer().note);
  EXPECT_EQ(read->expires, some_offer().expires);
}

TEST(TransferOffer, NeedNotNameWhatItHolds) {
  auto offer = some_offer();
  offer.summary.outermost.clear();
  EXPECT_TRUE(read_offer(on_the_wire(offer)));
}

TEST(TransferOffer, ThatContradictsItselfIsNone) {
  const std::function<void(wire::TransferOffer&)> changes[] = {
      [](auto& words) { words.set_manifest_hash("short"); },
      [](auto& words) { words.set_name(std::string(1025, 'n')); },
      [](auto& words) { words.set_note(std::string(201, 'n')); },
      [](auto& words) { words.set_entries(1ull << 32); },
      [](auto& words) { words.set_files(13); },
      [](auto& words) { words.set_files(9); },
      [](auto& words) { words.set_bytes(999); },
      [](auto& words) { words.set_holes(1001); },
      [](auto& words) { words.mutable_outermost(0)->set_bytes(UINT64_MAX); },
      [](auto& words) { words.mutable_outermost(1)->set_name(""); },
      [](auto& words) { words.mutable_outermost(1)->set_name(std::string(1025, 'n')); },
      [](auto& words) {
        while (words.outermost_size() <= static_cast<int>(core::outermost_max))
          words.add_outermost()->set_name("x");
      },
  };
  for (std::size_t i = 0; i < std::size(changes); ++i) {
    auto words = on_the_wire(some_offer());
    changes[i](words);
    EXPECT_FALSE(read_offer(words)) << i;
  }
}

}  // namespace
}  // namespace hobnob

#include "actors/core/outermost_entries.hpp"

#include <gtest/gtest.h>

namespace hobnob::core {
namespace {

transfer_entry file(const std::string& path, std::uint64_t size) {
  return {path, entry_kind::file, size, 0};
}

TEST(OutermostEntries, EachHasAllThatIsInIt) {
  outermost_entries gathered;
  for (const auto& entry :
       {transfer_entry{"photos", entry_kind::folder, 0, 0}, file("report.pdf", 10),
        transfer_entry{"photos/a", entry_kind::folder, 0, 0}, file("photos/a/1", 3),
        file("photos/2", 4), file("photographs", 5)}) {
    gathered.add(entry);
  }
  EXPECT_EQ(gathered.take(),
            (std::vector<outermost_entry>{{"photos", entry_kind::folder, 2, 7},
                                          {"report.pdf", entry_kind::file, 1, 10},
                                          {"photographs", entry_kind::file, 1, 5}}));
}

TEST(OutermostEntries, OnlyTheFirstAreKept) {
  outermost_entries gathered;
  for (std::size_t i = 0; i < outermost_max + 5; ++i)
    gathered.add({"f" + std::to_string(i), entry_kind::folder, 0, 0});
  for (std::size_t i = 0; i < outermost_max + 5; ++i)
    gathered.add(file("f" + std::to_string(i) + "/x", i));
  const auto found = gathered.take();
  ASSERT_EQ(found.size(), outermost_max);
  EXPECT_EQ(found.back(), (outermost_entry{"f19", entry_kind::folder, 1, 19}));
}

}  // namespace
}  // namespace hobnob::core

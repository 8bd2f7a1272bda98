#include "peer_main/transfer_settings.hpp"

#include "tests/actors/storage/transfer_folders.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

namespace hobnob {
namespace {

namespace tf = transfer_folders;

TEST(LeftParts, AreRemovedOfWhatHasFailedAndOfWhatNobodyKnowsAfterAMonth) {
  constexpr std::int64_t day_s = 24 * 3600;
  constexpr std::int64_t now_s = 2'000'000'000;
  const temporary_folder where, elsewhere;
  const core::transfer_id failed{1}, going_on{2}, unknown{3};
  const auto part = [](const temporary_folder& folder, const core::transfer_id& id,
                       std::uint64_t entry, std::int64_t days_old) {
    const auto name = download_folder::part_name(id, entry);
    folder.write(name, "x");
    const timespec at{now_s - days_old * day_s, 0};
    const timespec times[] = {at, at};
    ::utimensat(AT_FDCWD, (folder / name).c_str(), times, 0);
    return name;
  };
  part(where, failed, 0, 0);
  part(where, failed, 1, 100);
  part(where, unknown, 0, 31);
  const auto known = part(where, going_on, 0, 100);
  const auto young = part(where, unknown, 1, 29);
  part(elsewhere, failed, 0, 0);
  where.write("a", "not ours");

  core::transfer_record ended, open;
  ended.id = failed;
  ended.direction = open.direction = core::transfer_direction::receiving;
  ended.state = "failed:cancelled";
  ended.folder = elsewhere.path().string();
  open.id = going_on;
  open.state = "accepted";
  remove_left_parts(where.path(), {ended, open}, now_s * 1000);
  EXPECT_EQ(tf::tree(where),
            (std::map<std::string, std::string>{{known, "x"}, {young, "x"}, {"a", "not ours"}}));
  EXPECT_TRUE(std::filesystem::is_empty(elsewhere.path()));
  remove_left_parts(where / "none", {}, now_s * 1000);
  EXPECT_FALSE(std::filesystem::exists(where / "none"));
}

}  // namespace
}  // namespace hobnob

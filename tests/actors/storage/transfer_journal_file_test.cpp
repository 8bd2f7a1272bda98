#include "actors/storage/transfer_journal_file.hpp"

#include "actors/storage/transfer_record_text.hpp"
#include "tests/actors/storage/temporary_folder.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

namespace hobnob {
namespace {

core::transfer_record some_record(std::uint8_t number) {
  core::transfer_record record;
  record.id = {number};
  record.direction = core::transfer_direction::receiving;
  record.user = "bob";
  record.key.octets[3] = 7;
  record.summary = {"photos", 12, 10, 1'000'000'000'000};
  record.summary.outermost = {{"photos 2\n026", core::entry_kind::folder, 9, 999'999'999'000},
                              {"", core::entry_kind::file, 1, 1000}};
  record.summary.holes = 5'000;
  record.note = "for you\nalone";
  record.bytes_per_second = 2'000'000;
  record.omitted = 4;
  record.renamed = 5;
  record.manifest = {9, 8, 7};
  record.state = "running";
  record.conflicts = "rename";
  record.folder = "/home/ann/Down loads";
  record.sources = {"/a\nb", "/c\\n", "", "/\xff"};
  record.expires_ms = -5;
  record.finished.add({0, 3});
  record.finished.add({7, 8});
  return record;
}

TEST(TransferJournalFile, RemembersEverythingOverAStart) {
  const temporary_folder where;
  transfer_journal_file journal{where / "data/transfers"};
  EXPECT_TRUE(journal.load().records.empty());
  EXPECT_TRUE(journal.load().problems.empty());
  auto record = some_record(1);
  ASSERT_FALSE(journal.save(record));
  ASSERT_FALSE(journal.save(some_record(2)));
  record.state = "paused";
  record.finished = core::block_set::all(12);
  ASSERT_FALSE(journal.save(record));
  EXPECT_EQ(transfer_journal_file{where / "data/transfers"}.load().records,
            (std::vector{record, some_record(2)}));
  ASSERT_FALSE(journal.remove(record.id));
  ASSERT_FALSE(journal.remove(record.id));
  EXPECT_EQ(journal.load().records, (std::vector{some_record(2)}));
  struct stat status {};
  ASSERT_EQ(::stat((where / "data/transfers" / transfer_id_text({2})).c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST(TransferJournalFile, EveryCutAndEveryChangedByteIsNoticed) {
  const auto text = transfer_record_text(some_record(1));
  ASSERT_TRUE(parse_transfer_record(text));
  for (std::size_t i = 0; i < text.size(); ++i) {
    EXPECT_FALSE(parse_transfer_record(text.substr(0, i))) << i;
    auto changed = text;
    changed[i] ^= 1;
    EXPECT_FALSE(parse_transfer_record(changed)) << i;
  }
  EXPECT_FALSE(parse_transfer_record(text + "x"));
}

TEST(TransferJournalFile, ADamagedRecordIsSaidOnceAndTheOthersAreKept) {
  const temporary_folder where;
  transfer_journal_file journal{where.path()};
  ASSERT_FALSE(journal.save(some_record(1)));
  ASSERT_FALSE(journal.save(some_record(2)));
  const auto name = transfer_id_text({1});
  where.write(name, "hobnob-transfer 1\nid 12");
  where.write(transfer_id_text({3}), transfer_record_text(some_record(4)));
  where.write(name + ".new", "what a crash left");
  const auto loaded = journal.load();
  EXPECT_EQ(loaded.records, (std::vector{some_record(2)}));
  ASSERT_EQ(loaded.problems.size(), 2u);
  EXPECT_NE(loaded.problems[0].find("forgotten"), std::string::npos);
  EXPECT_TRUE(std::filesystem::exists(where / (name + ".damaged")));
  EXPECT_TRUE(journal.load().problems.empty());
}

TEST(TransferJournalFile, ARecordStaysBounded) {
  auto record = some_record(1);
  record.sources = {std::string(transfer_record_size_max - 10'000, 'x')};
  for (std::uint64_t i = 0; i < 2'000; ++i) record.finished.add({2 * i, 2 * i + 1});
  const auto text = transfer_record_text(record);
  EXPECT_LE(text.size(), transfer_record_size_max);
  const auto read = parse_transfer_record(text);
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->finished.contains(0));
  EXPECT_FALSE(read->finished.contains(2 * 1'999));
}

}  // namespace
}  // namespace hobnob

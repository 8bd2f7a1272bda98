#include "actors/storage/file_sink.hpp"
#include "actors/storage/file_source.hpp"
#include "actors/storage/transfer_journal_file.hpp"
#include "tests/actors/storage/temporary_folder.hpp"
#include "tests/embedding/team.hpp"

#include <caf/send.hpp>

namespace hobnob {
namespace {

/// The last word on a transfer.
struct final_word {
  std::promise<transfer_info> told;
};

transfer_subscriber_actor::behavior_type wait_for_the_end(transfer_subscriber_actor::pointer,
                                                          std::shared_ptr<final_word> word) {
  return {[](const transfer_offered&) {}, [](const transfer_progress&) {},
          [word](const transfer_ended& news) { word->told.set_value(news.info); }};
}

struct TeamTransfers : test::team_test {
  std::future<transfer_info> end_at(test::member& who) {
    auto word = std::make_shared<final_word>();
    auto result = word->told.get_future();
    caf::anon_send(who.peer.transfers(),
                   add_transfer_subscriber{spawn(loop_.system(), wait_for_the_end, word)});
    return result;
  }

  temporary_folder folder;
};

TEST_F(TeamTransfers, AFolderGoesFromDiskToDisk) {
  folder.write("empty", "");
  std::filesystem::create_directory(folder / "photos");
  std::string large(20'000'000, ' ');
  for (std::size_t i = 0; i < large.size(); ++i) large[i] = static_cast<char>(i * i >> 7);
  folder.write("photos/large", large);
  for (int i = 0; i < 200; ++i) folder.write("photos/" + std::to_string(i), std::to_string(i));

  auto settings = config_of("bob");
  const auto downloads = folder / "downloads";
  std::filesystem::create_directory(downloads);
  settings.transfers.policy.accept = accept_policy::all;
  settings.transfers.journal = std::make_shared<transfer_journal_file>(folder / "journal");
  settings.transfers.make_sink = [downloads](const transfer_config::sink_order& order) {
    return std::make_shared<file_sink>(downloads, order.id, conflict_policy::rename,
                                       order.finished);
  };
  auto& bob = join(settings);
  auto& ann = join("ann");
  auto at_ann = end_at(ann);
  auto at_bob = end_at(bob);

  send_files order;
  order.to = "bob";
  order.source = std::make_shared<file_source>(
      std::vector<std::filesystem::path>{folder / "empty", folder / "photos"});
  caf::anon_send(ann.peer.transfers(), std::move(order));
  for (auto* end : {&at_ann, &at_bob}) {
    ASSERT_EQ(end->wait_for(std::chrono::seconds{60}), std::future_status::ready);
    const auto info = end->get();
    EXPECT_EQ(info.state, transfer_state::done) << info.code << ": " << info.detail;
    EXPECT_EQ(info.files_done, 202u);
  }
  EXPECT_EQ(folder.read("downloads/photos/large"), large);
  EXPECT_EQ(folder.read("downloads/photos/199"), "199");
  EXPECT_TRUE(std::filesystem::exists(downloads / "empty"));
}

}  // namespace
}  // namespace hobnob

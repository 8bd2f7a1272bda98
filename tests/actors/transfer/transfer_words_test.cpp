#include "actors/transfer/transfer_words.hpp"

#include <gtest/gtest.h>

namespace hobnob {
namespace {

core::transfer_record record_in(std::string state) {
  core::transfer_record record;
  record.user = "bob";
  record.summary = {"photos", 3, 2, 10};
  record.state = std::move(state);
  return record;
}

TEST(TransferWords, ARecordSaysHowItEnded) {
  auto info = info_of(record_in("offered"));
  EXPECT_EQ(info.state, transfer_state::offered);
  info.state = transfer_state::failed;
  info.code = "source-changed";
  const auto again = info_of(record_in(record_state(info, true, false)));
  EXPECT_EQ(again.state, transfer_state::failed);
  EXPECT_EQ(again.code, "source-changed");
  info.state = transfer_state::done;
  const auto done = info_of(record_in(record_state(info, true, false)));
  EXPECT_EQ(done.state, transfer_state::done);
  EXPECT_EQ(done.bytes_done, 10u);
}

TEST(TransferWords, ASourceIsCalledAsTheLastOfItsFirstPath) {
  EXPECT_EQ(name_of_first({"/a/photos//", "/a/report"}), "photos");
  EXPECT_EQ(name_of_first({"/"}), "");
  EXPECT_EQ(name_of_first({}), "");
}

TEST(TransferWords, NoPlaceOnThisMachineIsToldToTheOtherSide) {
  EXPECT_EQ(without_folders("cannot write /home/ann/in/film: Input/output error"),
            "cannot write film: Input/output error");
  EXPECT_EQ(without_folders("cannot read \"/home/ann/My Files/film\": Input/output error"),
            "cannot read \"film\": Input/output error");
  EXPECT_EQ(without_folders("\"/home/ann/My Files/film\" became longer"), "\"film\" became longer");
  EXPECT_EQ(without_folders("there is room for 5 bytes in /srv/in, 9 are offered"),
            "there is room for 5 bytes in in, 9 are offered");
  EXPECT_EQ(without_folders("/home/ann/"), "");
  EXPECT_EQ(without_folders("the offer was refused"), "the offer was refused");
  EXPECT_EQ(without_folders(""), "");
}

TEST(TransferWords, WhatIsUnderWayIsRememberedAsAcceptedOrPaused) {
  transfer_info info;
  info.state = transfer_state::waiting;
  EXPECT_EQ(record_state(info, true, false), "accepted");
  EXPECT_EQ(info_of(record_in("accepted")).code, "no-link");
  EXPECT_EQ(record_state(info, true, true), "paused");
  EXPECT_EQ(info_of(record_in("paused")).state, transfer_state::paused);
  EXPECT_EQ(record_state(info, false, true), "offered");
}

TEST(TransferWords, CodesOfTheOtherSideAreTakenOnlyIfTheyAreCodes) {
  EXPECT_EQ(code_from_there("cancelled"), "cancelled-there");
  EXPECT_EQ(code_from_there("disk-full"), "disk-full");
  EXPECT_EQ(code_from_there("\x1b[2J"), "cancelled-there");
  EXPECT_EQ(code_from_there(""), "cancelled-there");
  EXPECT_EQ(code_from_there(std::string(40, 'a')), "cancelled-there");
  EXPECT_EQ(code_for_there("cancelled-there"), "cancelled");
  EXPECT_EQ(code_for_there("refused"), "refused");
}

TEST(TransferWords, TextIsCutBetweenCharacters) {
  EXPECT_EQ(shortened("abc", 3), "abc");
  EXPECT_EQ(shortened("abc", 2), "ab");
  EXPECT_EQ(shortened("a\xc3\xa4", 2), "a");
}

}  // namespace
}  // namespace hobnob

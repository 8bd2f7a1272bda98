#include "peer_main/job_request.hpp"

#include "actors/storage/json_line.hpp"

#include <gtest/gtest.h>

namespace hobnob {
namespace {

TEST(JobRequest, TravelsAsJson) {
  job_request request;
  request.command = "say";
  request.user = "bob";
  request.text = "grüße\n\"quoted\"";
  request.wait = message_state::sent;
  request.timeout = std::chrono::milliseconds{1234};
  request.require_direct = true;
  const auto read = job_request_from(*parse_json_object(to_json_line(to_json(request))));
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(read->command, "say");
  EXPECT_EQ(read->user, "bob");
  EXPECT_EQ(read->text, request.text);
  EXPECT_EQ(read->wait, message_state::sent);
  EXPECT_EQ(read->timeout, request.timeout);
  EXPECT_TRUE(read->require_direct);
  EXPECT_FALSE(read->accept);
}

TEST(JobRequest, OfOneTransferIsOnlyWhatTheCommandLineSays) {
  const auto request_of = [](std::vector<const char*> words) {
    const char* environment[] = {"HOME=/nowhere", "HOBNOB_LIMIT=5M", "HOBNOB_ON_CONFLICT=skip",
                                 nullptr};
    words.insert(words.begin(), {"peer_main", "accept", "12ab"});
    const auto options =
        read_peer_options(static_cast<int>(words.size()), words.data(), environment);
    EXPECT_TRUE(options) << options.error();
    const auto request = make_job_request(*options, {});
    return *job_request_from(*parse_json_object(to_json_line(to_json(request))));
  };
  const auto plain = request_of({});
  EXPECT_EQ(plain.transfer, "12ab");
  EXPECT_EQ(plain.bytes_per_second, 0u);
  EXPECT_EQ(plain.conflicts, "");
  const auto told = request_of({"--limit", "1M", "--on-conflict", "overwrite", "--to", "/there"});
  EXPECT_EQ(told.bytes_per_second, 1u << 20);
  EXPECT_EQ(told.conflicts, "overwrite");
  EXPECT_EQ(told.folder, "/there");
}

TEST(JobRequest, AnOfferExpiresInAWeekUnlessItIsToldOtherwise) {
  const auto request_of = [](std::vector<const char*> words, const char* setting) {
    const char* environment[] = {"HOME=/nowhere", setting, nullptr};
    words.insert(words.begin(), {"peer_main", "send", "bob", "/a"});
    const auto options =
        read_peer_options(static_cast<int>(words.size()), words.data(), environment);
    EXPECT_TRUE(options) << options.error();
    const auto request = make_job_request(*options, {});
    return job_request_from(*parse_json_object(to_json_line(to_json(request))))->expires;
  };
  EXPECT_EQ(request_of({}, nullptr), std::chrono::hours{24 * 7});
  EXPECT_EQ(request_of({}, "HOBNOB_EXPIRES=3600"), std::chrono::hours{1});
  EXPECT_EQ(request_of({"--expires", "1.5"}, "HOBNOB_EXPIRES=3600"),
            std::chrono::milliseconds{1500});
}

TEST(JobRequest, WhatIsWrongWithWordsAboutTransfersIsSaid) {
  job_request order{.command = "cancel", .user = {}, .text = {}};
  EXPECT_NE(transfer_words_fault(order), "") << "an empty id is not whatever there is";
  order.transfer = "1a2b";
  EXPECT_EQ(transfer_words_fault(order), "");
  job_request input{.command = "send", .user = {}, .text = {}};
  input.users = {"bob", "cara"};
  input.paths = {"-"};
  EXPECT_NE(transfer_words_fault(input), "") << "it has no name";
  input.name = "notes";
  EXPECT_EQ(transfer_words_fault(input), "");
  for (const auto* name : {"a/b", "/notes", "../notes"}) {
    input.name = name;
    EXPECT_NE(transfer_words_fault(input), "") << name;
  }
}

TEST(JobRequest, IsOnlyForTheUserAndTheRelayItNames) {
  peer_options running;
  running.user = "ann";
  running.relay = *core::relay_uri::parse("hobnob://host:7441/");
  job_request request;
  request.command = "who";
  EXPECT_EQ(misdirected(request, running), "");
  request.as_user = "ann";
  request.at_relay = "hobnob://host:7441/";
  EXPECT_EQ(misdirected(request, running), "");
  request.as_user = "bob";
  EXPECT_NE(misdirected(request, running).find("is ann, not bob"), std::string::npos);
  request.as_user = "ann";
  request.at_relay = "hobnob://host:7442/";
  EXPECT_NE(misdirected(request, running).find("not hobnob://host:7442/"), std::string::npos);
}

TEST(JobRequest, WhatIsNoneIsRefused) {
  const auto good = to_json(job_request{.command = "say", .user = "bob", .text = "hi"});
  const std::string too_long(40'000, 'x');
  const struct {
    const char* key;
    boost::json::value value;
  } faults[] = {
      {"command", "dance"},      {"command", 5},     {"user", "Bob"},
      {"user", nullptr},         {"timeout_ms", -1}, {"timeout_ms", "x"},
      {"timeout_ms", 1e9},       {"expires_ms", 0},  {"expires_ms", 30 * 86'400'000ll + 1},
      {"text", too_long.c_str()}};
  for (const auto& fault : faults) {
    auto object = good;
    object[fault.key] = fault.value;
    EXPECT_FALSE(job_request_from(object)) << fault.key;
  }
  EXPECT_FALSE(job_request_from({}));
  EXPECT_TRUE(job_request_from(good));
}

}  // namespace
}  // namespace hobnob

// What the swarm has found: each schedule as it was made small. The bug is mended; its seed stays.

#include "actors/testing/swarm.hpp"

#include <gtest/gtest.h>

#include <sstream>
#include <string_view>

namespace hobnob::testing {
namespace {

void expect_all_well(std::string_view topology) {
  const auto result = run_schedule(to_schedule(topology));
  std::ostringstream text;
  if (result.failed()) write_failure(text, result);
  EXPECT_FALSE(result.failed()) << text.str();
}

// Stalls outlast the healing: "all is well" has to come true, not to be true at some moment.
TEST(Found, ANetworkThatStandsStillComesBack) {
  expect_all_well(R"(
seed 2472
handshake plain
site site1
relay relay
peer ann at site1
peer bob at site1
peer cara at site1
at 14115ms stall site1 6261ms
at 15073ms bob says ann m1
at 19242ms stall site1 8937ms
at 20201ms stall cara 8224ms
run 20201ms
)");
}

// A dial was under way when the newer login of the same user came, and its link stayed.
TEST(Found, WhoWasReplacedGetsNoLinkByADialUnderWay) {
  expect_all_well(R"(
seed 100436
handshake plain
heartbeat 2s
relay relay
peer ann
peer bob
peer cara
peer twin user=bob
run 0s
)");
  expect_all_well(R"(
seed 100035
handshake plain
heartbeat 500ms
relay relay
peer ann
peer bob
peer cara
peer dave
peer twin user=cara
at 0s change internet latency=19ms
run 0s
)");
}

// A message came before the news of its sender, the question who that is got no answer in time, and
// the contact, announced meanwhile, was dismissed for ever.
TEST(Found, ALookupThatTimesOutDismissesNobodyWhoCameOnlineMeanwhile) {
  expect_all_well(R"(
seed 1046725
handshake plain
heartbeat 5s
site site1
relay relay
peer cara at site1 direct=accept_only
peer dave
at 5011ms partition relay cara from dave
at 8611ms dave says cara m13
at 11881ms pause dave
at 15231ms heal cara relay from dave
at 26300ms resume dave
at 26658ms stall cara 7368ms
at 32392ms stall site1 6817ms
run 32392ms
)");
}

// Bob knew cara by a look-up (her message was faster than the relay's news of her), so that the
// news was none, and he never dialled her, who does not dial.
TEST(Found, WhoWasLookedUpFirstIsDialledWhenTheRelayNamesHim) {
  expect_all_well(R"(
seed 27
handshake plain
heartbeat 2s
relay relay
peer bob
peer cara direct=accept_only
at 13876ms pause cara
at 26677ms resume cara
at 27325ms cara says bob m9
run 27325ms
)");
}

// What the other side dialled came in through a NAT that lets everybody in, and its answer did not
// get out: half open, it held the addresses that the dial from within wanted, again and again.
TEST(Found, WhereAHalfOpenConnectionHoldsItsAddressesADialLeavesFromAnotherPort) {
  expect_all_well(R"(
seed 43
handshake plain
heartbeat 5s
site site1 mapping=address_and_port_dependent filtering=endpoint_independent
relay relay
peer ann at site1
peer bob
peer cara
peer dave at site1
peer eve
peer finn at site1
at 29245ms start relay
run 29245ms
)");
  expect_all_well(R"(
seed 195
handshake plain
heartbeat 2s
site site1 mapping=address_dependent filtering=endpoint_independent ports=random
relay relay
peer cara
peer finn at site1
at 21825ms reboot site1-router
at 34745ms reboot site1-router
run 34745ms
)");
}

// A hidden peer is told of nobody: files for somebody whom it had not asked for waited for ever.
TEST(Found, AHiddenPeerAsksForWhomItHasFiles) {
  expect_all_well(R"(
seed 1
handshake plain
relay relay
peer ann hidden=yes
peer cara
at 5s ann gives cara f 1000
run 10s
)");
}

// Who speaks to a hidden user, or is hidden, took others for those whom it had looked up once,
// whatever became of them or of the relay since: its messages came back from sessions that were no
// more.
TEST(Found, WhomTheDirectoryDoesNotNameIsLookedUpAgain) {
  expect_all_well(R"(
seed 129
handshake plain
heartbeat 1s
relay relay
peer bob
peer eve hidden=yes
at 24526ms partition eve from relay bob
at 25268ms bob says eve m2
run 33285ms
)");
  expect_all_well(R"(
seed 135
handshake plain
heartbeat 2s
relay relay
peer bob hidden=yes
peer twin
at 19964ms twin says bob m14
at 20612ms start relay
run 20612ms
)");
}

// A circuit with a hidden user of whom nothing had come before was not entered.
TEST(Found, ACircuitThatAHiddenUserWantsIsEntered) {
  expect_all_well(R"(
seed 1697
handshake plain
site site1
relay relay
peer ann direct=dial_only hidden=yes
peer bob at site1
at 6692ms ann gives bob file1 1000
run 7s
)");
}

// A hidden login took a user's place and was looked up, and then the notice that the listed session
// had ended was taken for old news.
TEST(Found, WhoIsHiddenNowIsNotSeenAnyMore) {
  expect_all_well(R"(
seed 7948
handshake plain
heartbeat 2s
site site1
relay relay
peer ann at site1
peer bob at site1
peer twin user=ann hidden=yes
at 0s change internet latency=46ms jitter=27ms loss=0.01
at 276ms ann pours bob notes 32 10
at 2818ms crash bob
at 13212ms start twin
at 13485ms kill relay
at 13617ms twin says bob m3
at 18051ms pause ann
at 19646ms resume ann
run 19646ms
)");
}

// A link by a circuit ended before it was open, and nobody asked for another one.
TEST(Found, AfterACircuitThatCameToNothingAnotherOneIsAskedFor) {
  expect_all_well(R"(
seed 4277
handshake plain
heartbeat 1s
site site1 unsolicited=reset
site site2 ports=sequential
relay relay
peer ann direct=dial_only circuits=always
peer bob at site2 also=site1
peer cara direct=off circuits=always
peer dave circuits=always
peer eve at site1
peer twin at site2 user=eve circuits=always
at 0s change internet latency=89ms jitter=29ms loss=0.01
at 0s disk_full relay
at 1178ms twin says ann m7
at 1333ms dave sends cara files m9
at 2996ms power_off site2-router
at 3438ms reboot site1-router
at 6058ms bob gives eve file2 0
at 6241ms power_on site2-router
at 7717ms cara says cara m2
at 10086ms disk_free relay
at 13504ms crash bob
at 14135ms cara says dave m5
at 14307ms reboot site2-router
at 15901ms start twin
at 18447ms reboot site2-router
at 18505ms twin sends cara board m1 xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
at 19242ms twin says ann m3 xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
at 20543ms reboot site2-router
run 21213ms
)");
}

// A link and a circuit came about at once. The receiver followed the offer on the circuit, which
// was replaced; back on the link it waited for an offer, and the sender for what it had begun to
// ask for on that link before.
TEST(Found, AReceiverThatComesBackToALinkIsOfferedAgainWhatItHadAskedFor) {
  expect_all_well(R"(
seed 60001001
handshake plain
heartbeat 500ms
site site1
relay relay
peer ann
peer bob at site1 circuits=always
peer twin user=ann
at 0s change internet latency=88ms
at 2721ms start bob
at 6134ms twin gives bob file3 0
at 7506ms start twin
at 7506ms start bob
run 7506ms
)");
}

// Behind a NAT that lets in whoever writes, but shows others another port: both dialled together
// after every pause, and each time each half-opened a connection that the other could not complete.
TEST(Found, TwoWhoDialTogetherDoNotGoOnDoingSo) {
  expect_all_well(R"(
seed 8612
handshake plain
heartbeat 1s
site site1 mapping=address_dependent filtering=endpoint_independent
relay relay
peer ann
peer bob at site1
at 7124ms partition bob from ann
at 16678ms start bob
at 28802ms reset ann and bob
run 28802ms
)");
}

// A SYN was lost, so that the first round trip was measured as a second; later a packet and its
// retransmission were. That is 11 s in TCP, and the silence had a cause.
TEST(Found, SilenceAfterTwoLossesInARowIsNotHeldAgainstAnybody) {
  expect_all_well(R"(
seed 60100525
handshake plain
heartbeat 5s
site site1
relay relay
peer ann
peer bob
peer cara at site1
peer dave
peer eve at site1
at 0s change internet latency=38ms loss=0.01
at 391ms cara sends ann board m17
at 2852ms eve says ann m11 xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
at 5791ms eve sends ann notes m9
at 6710ms unplug ann
at 7433ms bob says eve m2
at 8183ms reset relay and cara
at 10043ms dave sends ann board m14
at 10931ms eve says ann m10
at 11569ms plug ann
at 13596ms ann sends bob board m15 xxx
at 14995ms ann sends cara files m13
run 27274ms
)");
}

// A link ended, its user was asked for, the news of the login came, and then the answer: offline.
// What the news had told was forgotten in silence, so that the news of the end meant nobody.
TEST(Found, AnAnswerThatSomebodyIsOfflineLeavesTheTellingToTheDirectory) {
  expect_all_well(R"(
seed 70012342
handshake plain
heartbeat 5s
relay relay
peer ann
peer bob
peer cara
at 297ms stop ann
run 297ms
)");
}

// Her kernel had sent a megabyte into a circuit that ended in a narrow link: it went on coming for
// seconds after her end, and whoever is heard is not silent.
TEST(Found, WhatComesOfTheDeadByANarrowLinkKeepsTheLink) {
  expect_all_well(R"(
seed 71019190
handshake plain
heartbeat 500ms
relay relay
peer ann
peer cara circuits=always
at 0s change internet latency=44ms jitter=16ms
at 0s partition cara from ann
at 0s change ann rate=150000
at 7332ms cara pours ann board 45 60000
at 11653ms crash_at_write cara 1
at 15277ms start cara
run 36957ms
)");
}

// The sender had already heard that all is there when the receiver started again, and answered the
// first frame of a batch only: the second one said so once more.
TEST(Found, WhoSaysThatAllIsThereBehindAnotherWordIsAnswered) {
  expect_all_well(R"(
seed 71029708
handshake plain
heartbeat 2s
site site1
relay relay
peer ann at site1
peer bob direct=dial_only circuits=always
at 0s change internet latency=54ms jitter=30ms
at 14264ms bob gives ann file1 60000
at 15006ms unplug bob
at 17186ms start ann
run 17186ms
)");
}

// By circuit every place is passed twice each way, so that a ping's answer came just after the
// second interval: the suspicion was right, and the invariant, which counted one way, was not.
TEST(Found, ARoundTripByCircuitMayTakeAsLongAsIsWaitedFor) {
  expect_all_well(R"(
seed 80287249
handshake plain
heartbeat 500ms
relay relay
peer bob direct=off circuits=always
peer cara
at 0s change internet latency=100ms jitter=30ms
at 6215ms cara says bob m11
run 31207ms
)");
}

// Who goes on after a pause, and could not be told by the relay that its user is elsewhere now,
// came back to a peer that had a link with the other program: both links stayed.
TEST(Found, OfTwoProgramsOfAUserTheLaterStartHasTheLink) {
  expect_all_well(R"(
seed 80374854
handshake plain
heartbeat 1s
relay relay
peer ann
peer bob
peer twin user=ann
at 11332ms pause twin
at 16847ms start ann
at 20456ms resume twin
at 20632ms stop relay
run 33926ms
)");
}

// What waited for the rate went on leaving at it when the link was as before.
TEST(Found, AQueueBehindANarrowLinkOutlastsIt) {
  expect_all_well(R"(
seed 81063187
handshake plain
heartbeat 500ms
relay relay
peer ann
peer bob
at 6239ms change bob rate=30000 queue=262144
at 12867ms ann pours bob notes 17 20000
at 15553ms restore bob
run 15553ms
)");
}

// Where the relay no longer knew the session all was sent again as soon as the connection had room:
// as often as there were round trips until the relay had told that it is gone, and without delays
// for ever.
TEST(Found, WhatLeadsNowhereIsNotSentAgainAndAgain) {
  expect_all_well(R"(
seed 82162738
handshake plain
heartbeat 500ms
relay relay
peer bob circuits=always
peer cara
at 0s change internet latency=0s jitter=0s
at 0s partition bob from cara
at 0s change cara rate=150000
at 6253ms bob pours cara board 45 60000
at 6582ms pause cara
run 26562ms
)");
}

// She had dialled, and he admitted her when the relay could tell who she is: by then she had been
// paused, and her silence is counted from the admission on.
TEST(Found, WhoDiesBeforeTheLinkIsAdmittedIsListenedToFromThenOn) {
  expect_all_well(R"(
seed 83021733
handshake plain
heartbeat 1s
relay relay
peer ann
peer bob
at 0s change internet latency=61ms jitter=25ms
at 610ms partition bob ann from relay
at 1739ms pause ann
at 2749ms heal bob ann from relay
run 18989ms
)");
}

// The same, where the network stood still meanwhile and let the handshake go on when he was dead.
TEST(Found, WhoDiesDuringAHandshakeThatAStallHoldsUpIsListenedToFromThenOn) {
  expect_all_well(R"(
seed 92100331
handshake plain
heartbeat 500ms
relay relay
peer ann
peer dave
at 0s change internet latency=45ms
at 10855ms start dave
at 11278ms stall internet 6994ms
at 14618ms crash dave
run 28342ms
)");
}

// The network was whole again, but Ann's heartbeats stood behind nine seconds of board: the relay
// lost her once more, when everybody wrote to her already.
TEST(Found, ThereIsNoRestBeforeAQueueHasDrained) {
  expect_all_well(R"(
seed 92000643
handshake plain
heartbeat 500ms
site site1 unsolicited=reset
site site2 mapping=address_and_port_dependent
relay relay
peer ann at site1
peer cara at site2
peer dave at site2
peer eve at site2
at 0s change internet latency=51ms jitter=8ms loss=0.01
at 0s change eve rate=150000
at 16661ms ann pours eve board 45 60000
at 19592ms change site1 rate=30000 queue=262144
run 28290ms
)");
}

}  // namespace
}  // namespace hobnob::testing

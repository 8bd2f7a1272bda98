// What the swarm has found: each schedule as it was made small. The bug is mended; its seed stays.

#include "tests/sim/swarm/found.hpp"

namespace hobnob::testing {
namespace {

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

}  // namespace
}  // namespace hobnob::testing

#include "transport/sim/trace_writer.hpp"

#include "fabric_fixture.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace hobnob::sim {
namespace {

using namespace std::chrono_literals;

class trace_test : public testing::Test {
 protected:
  trace make(std::size_t kept) { return trace{now_, simulation::start, kept}; }

  time_point now_ = simulation::start;
};

/// A busy little world; everything in it depends on the seed.
std::uint64_t hash_of_world(std::uint64_t seed) {
  simulation run{seed};
  fabric net{run};
  segment& lan = net.add_segment("lan", {.link = {.latency = 1ms, .jitter = 5ms, .loss = 0.1}});
  recording_sink alice{net, net.add_host("alice", lan, "10.0.0.2/24")};
  recording_sink bob{net, net.add_host("bob", lan, "10.0.0.3/24")};
  for (int i = 0; i < 50; ++i) {
    run.after(run.random().between(0s, 1s), [&, i] {
      alice.send(
          make_packet(packet_kind::data, "10.0.0.2:1", "10.0.0.3:2", static_cast<std::size_t>(i)));
    });
  }
  run.run_for(10s);
  return run.log().hash();
}

TEST_F(trace_test, equal_seeds_give_equal_hashes_and_others_do_not) {
  const std::uint64_t hash = hash_of_world(1);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(hash_of_world(1), hash);
  for (std::uint64_t seed = 2; seed < 20; ++seed) EXPECT_NE(hash_of_world(seed), hash);
}

TEST_F(trace_test, the_hash_covers_what_is_no_longer_kept) {
  trace small = make(2);
  trace big = make(trace::keep_all);
  trace none = make(0);
  for (trace* log : {&small, &big, &none}) {
    for (int i = 0; i < 10; ++i) log->note(log->host("alice"), "count", std::to_string(i));
  }
  EXPECT_EQ(small.hash(), big.hash());
  EXPECT_EQ(none.hash(), big.hash());
  EXPECT_EQ(small.records().size(), 2u);
  EXPECT_EQ(small.records().front().text, "8");
  EXPECT_EQ(small.records().front().number, 9u);
  EXPECT_EQ(big.records().size(), 10u);
  EXPECT_TRUE(none.records().empty());
  EXPECT_EQ(none.count(), 10u);
}

TEST_F(trace_test, every_field_counts_in_the_hash_and_contents_do_not) {
  const auto hash_after = [this](const auto& record) {
    trace log = make(0);
    record(log, log.host("alice"), log.host("bob"));
    return log.hash();
  };
  const auto data = [](std::size_t size, std::string_view from = "10.0.0.2:1") {
    return make_packet(packet_kind::data, from, "10.0.0.3:2", size);
  };
  packet other_bytes = data(10);
  other_bytes.payload = shared_slice::of(bytes(10, std::byte{7}));

  const auto base =
      hash_after([&](trace& t, host_id a, host_id) { t.packet_sent(a, 1, data(10)); });
  EXPECT_EQ(base,
            hash_after([&](trace& t, host_id a, host_id) { t.packet_sent(a, 1, other_bytes); }));
  EXPECT_NE(base, hash_after([&](trace& t, host_id, host_id b) { t.packet_sent(b, 1, data(10)); }));
  EXPECT_NE(base, hash_after([&](trace& t, host_id a, host_id) { t.packet_sent(a, 2, data(10)); }));
  EXPECT_NE(base, hash_after([&](trace& t, host_id a, host_id) { t.packet_sent(a, 1, data(11)); }));
  EXPECT_NE(base, hash_after([&](trace& t, host_id a, host_id) {
              t.packet_sent(a, 1, data(10, "10.0.0.2:3"));
            }));
  EXPECT_NE(base, hash_after([&](trace& t, host_id a, host_id b) {
              t.packet_delivered(b, a, 1, data(10));
            }));
  const auto ping = [&](trace& t, host_id a, host_id b) {
    t.frame(record_kind::frame_sent, a, b, "ping", 8);
  };
  EXPECT_EQ(hash_after(ping), hash_after(ping));
  EXPECT_NE(hash_after(ping), hash_after([](trace& t, host_id a, host_id b) {
              t.frame(record_kind::frame_received, a, b, "ping", 8);
            }));
  EXPECT_NE(hash_after(ping), hash_after([](trace& t, host_id a, host_id b) {
              t.frame(record_kind::frame_sent, a, b, "ping", 9);
            }));
  now_ += 1ns;
  EXPECT_NE(base, hash_after([&](trace& t, host_id a, host_id) { t.packet_sent(a, 1, data(10)); }));
}

TEST_F(trace_test, writes_lines_for_people) {
  trace log = make(100);
  const host_id alice = log.host("alice");
  const host_id bob = log.host("bob");
  now_ += 1250ms;
  log.packet_sent(alice, 1, make_packet(packet_kind::data, "10.0.0.2:1", "10.0.0.3:2", 12));
  now_ += 20us;
  log.packet_dropped(alice, bob, 1, syn("10.0.0.2:1", "10.0.0.3:2"), "lost");
  log.note(alice, bob, "frame", "ping 7");
  std::ostringstream out;
  write_text(out, log);
  EXPECT_EQ(out.str(),
            "    1.250000 alice               sent      data 12 bytes 10.0.0.2:1 > 10.0.0.3:2\n"
            "    1.250020 bob                 dropped   syn 10.0.0.2:1 > 10.0.0.3:2 from alice: "
            "lost\n"
            "    1.250020 alice -> bob        frame     ping 7\n");
}

TEST_F(trace_test, writes_one_json_object_a_line) {
  trace log = make(100);
  const host_id alice = log.host("alice");
  const host_id bob = log.host("bob");
  now_ += 5ms;
  packet last = make_packet(packet_kind::data, "10.0.0.2:1", "10.0.0.3:2", 12);
  last.fin = true;
  log.packet_delivered(alice, bob, 9, last);
  log.note(alice, "say", "a \"quoted\"\nword\\");
  std::ostringstream out;
  write_ndjson(out, log);
  EXPECT_EQ(out.str(),
            R"({"number":1,"us":5000,"kind":"delivered","host":"bob","peer":"alice",)"
            R"("packet":"data","id":9,"from":"10.0.0.2:1","to":"10.0.0.3:2","bytes":12,"fin":true})"
            "\n"
            R"({"number":2,"us":5000,"kind":"note","host":"alice","word":"say",)"
            R"("text":"a \"quoted\"\u000aword\\"})"
            "\n");
}

TEST_F(trace_test, filters_by_host_kind_word_time_and_takes_the_last) {
  trace log = make(100);
  const host_id alice = log.host("alice");
  const host_id bob = log.host("bob");
  const host_id carol = log.host("carol");
  log.note(alice, "say", "one");
  log.note(alice, bob, "say", "two");
  now_ += 1s;
  log.note(carol, "frame", "three");
  log.event(record_kind::fault, host_id::none, "heal");
  const auto lines = [&](const trace_filter& filter, std::size_t last = trace::keep_all) {
    std::ostringstream out;
    write_text(out, log, filter, last);
    std::string words;
    for (const char* const word : {"one", "two", "three", "heal"}) {
      if (out.str().find(word) != std::string::npos) words += std::string{word} + ' ';
    }
    return words;
  };
  EXPECT_EQ(lines({}), "one two three heal ");
  EXPECT_EQ(lines({.hosts = {"bob"}}), "two ");
  EXPECT_EQ(lines({.hosts = {"alice", "carol"}}), "one two three ");
  EXPECT_EQ(lines({.kinds = {record_kind::fault}}), "heal ");
  EXPECT_EQ(lines({.words = {"frame"}}), "three ");
  EXPECT_EQ(lines({.from = simulation::start + 1s}), "three heal ");
  EXPECT_EQ(lines({.to = simulation::start}), "one two ");
  EXPECT_EQ(lines({}, 2), "three heal ");
  EXPECT_EQ(lines({.hosts = {"alice"}}, 1), "two ");
}

TEST_F(trace_test, draws_a_sequence_diagram) {
  trace log = make(100);
  const host_id alice = log.host("alice");
  const host_id bob = log.host("bob; the builder");
  const host_id lan = log.host("lan");
  now_ += 20ms;
  log.packet_sent(alice, 1, syn("10.0.0.2:1", "10.0.0.3:2"));
  log.packet_delivered(alice, bob, 1, syn("10.0.0.2:1", "10.0.0.3:2"));
  log.packet_dropped(bob, lan, 2, make_packet(packet_kind::data, "10.0.0.3:2", "10.0.0.2:1", 7),
                     "queue full");
  log.note(alice, bob, "say", "hello #1");
  log.note(alice, "login", "done");
  std::ostringstream out;
  write_mermaid(out, log);
  EXPECT_EQ(out.str(),
            "sequenceDiagram\n"
            "  participant h0 as alice\n"
            "  participant h1 as bob#59; the builder\n"
            "  h0->>h1: 0.020 s syn\n"
            "  h1-xh1: 0.020 s data 7 lost at lan, queue full\n"
            "  h0-)h1: 0.020 s say hello #35;1\n"
            "  Note over h0: 0.020 s login done\n");
  std::ostringstream chosen;
  write_mermaid(chosen, log, {"alice"}, {}, 0);
  EXPECT_EQ(chosen.str(),
            "sequenceDiagram\n"
            "  participant h0 as alice\n"
            "  Note over h0: 2 more\n");
}

TEST_F(trace_test, losses_of_one_kind_are_one_line) {
  trace log = make(100);
  const host_id alice = log.host("alice");
  const host_id bob = log.host("bob");
  const host_id wall = log.host("wall");
  const auto lose = [&](host_id from, packet_kind kind) {
    now_ += 1s;
    log.packet_dropped(from, wall, 1, make_packet(kind, "10.0.0.2:1", "10.0.0.3:2", 7), "filtered");
  };
  for (const host_id from : {alice, bob, alice, bob}) lose(from, packet_kind::syn);
  for (int i = 0; i < 2; ++i) lose(alice, packet_kind::data);
  log.note(alice, "session", "online");
  lose(alice, packet_kind::syn);
  lose(alice, packet_kind::data);
  std::ostringstream out;
  write_mermaid(out, log, {"alice", "bob"});
  EXPECT_EQ(out.str(),
            "sequenceDiagram\n"
            "  participant h0 as alice\n"
            "  participant h1 as bob\n"
            "  h0-xh0: 1.000 s syn 7 lost at wall, filtered ×3, last at 7.000 s\n"
            "  h1-xh1: 2.000 s syn 7 lost at wall, filtered ×2, last at 4.000 s\n"
            "  h0-xh0: 5.000 s data 7 lost at wall, filtered ×2, last at 6.000 s\n"
            "  Note over h0: 6.000 s session online\n"
            "  h0-xh0: 8.000 s data 7 lost at wall, filtered\n");
}

TEST(trace, a_hash_has_sixteen_digits) {
  EXPECT_EQ(hash_text(0), "0000000000000000");
  EXPECT_EQ(hash_text(0xfedcba987654321), "0fedcba987654321");
  EXPECT_EQ(hash_text(~std::uint64_t{0}), "ffffffffffffffff");
}

TEST_F(trace_test, frames_show_with_type_and_size_instead_of_the_packets_that_carry_them) {
  trace log = make(100);
  const host_id alice = log.host("alice");
  const host_id bob = log.host("bob");
  log.packet_delivered(alice, bob, 1, syn("10.0.0.2:1", "10.0.0.3:2"));
  log.frame(record_kind::frame_sent, alice, bob, "ping", 8);
  log.packet_delivered(alice, bob, 2,
                       make_packet(packet_kind::data, "10.0.0.2:1", "10.0.0.3:2", 16));
  log.frame(record_kind::frame_received, bob, alice, "ping", 8);
  log.frame(record_kind::frame_received, bob, host_id::none, "message", 70);
  std::ostringstream text, json, picture;
  write_text(text, log, {.words = {"ping", "message"}});
  EXPECT_EQ(text.str(),
            "    0.000000 alice               frame     ping 8 bytes to bob\n"
            "    0.000000 bob                 frame     ping 8 bytes from alice\n"
            "    0.000000 bob                 frame     message 70 bytes\n");
  write_ndjson(json, log, {.kinds = {record_kind::frame_received}, .words = {"ping"}});
  EXPECT_EQ(json.str(), R"({"number":4,"us":0,"kind":"frame_received","host":"bob","peer":"alice",)"
                        R"("word":"ping","bytes":8})"
                        "\n");
  write_mermaid(picture, log);
  EXPECT_EQ(picture.str(),
            "sequenceDiagram\n"
            "  participant h0 as alice\n"
            "  participant h1 as bob\n"
            "  h0->>h1: 0.000 s syn\n"
            "  h0->>h1: 0.000 s ping 8\n");
}

TEST_F(trace_test, a_watcher_sees_every_record) {
  trace log = make(0);
  std::vector<std::string> seen;
  log.watch([&](const trace_record& record) { seen.push_back(record.text); });
  log.note(log.host("alice"), "say", "one");
  log.event(record_kind::link, host_id::none, "two");
  EXPECT_EQ(seen, (std::vector<std::string>{"one", "two"}));
}

}  // namespace
}  // namespace hobnob::sim

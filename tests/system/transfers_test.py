# ctest: timeout=300 labels=threads
"""Files by the commands: send and its outcomes, offers and answers, standard input, beside a running program."""

import json
import os
import random
import signal
import socket
import unittest
from pathlib import Path

from support.programs import Peer, wait_until
from support.transfers import MIB, TransferTest, make_file, make_tree


class Send(TransferTest):
    """`peer_main send`, by a program of its own."""

    def send_alone(self, *arguments, user="cyd", options=(), **more):
        return self.run_peer(user, self.server, "send", *map(str, arguments), options=options, **more)

    def receiver(self, accept="all", **options):
        self.server = self.relay()
        return self.receiver_again(accept, **options)

    def receiver_again(self, accept, **options):
        self.sides["bob"] = self.peer("bob", self.server, "--accept-files", accept, "--download-dir",
                                      self.downloads, **options)
        return self.sides["bob"]

    def test_files_and_folders_arrive_equal_and_the_outcome_is_told(self):
        bob = self.receiver()
        folder = make_tree(self.sources / "photos", {"a/b/c": 300_000, "a/empty": 0, "d": 17})
        single = make_file(self.sources / "report.pdf", 2 * MIB)
        done = self.send_alone("bob", folder, single)
        self.assertEqual(done.code, 0, done)
        self.assert_arrived(folder)
        self.assert_arrived(single)
        sent = done.event("transfer-done")
        got = bob.wait_event("transfer-done", id=sent["id"])
        self.assertEqual((sent["direction"], sent["user"], sent["files"]), ("sending", "bob", 4))
        self.assertEqual({place.rstrip("/") for place in got["stored"]},
                         {str(self.downloads / "photos"), str(self.downloads / "report.pdf")})
        # It came by a link, so nobody was without one.
        self.assertEqual(bob.events("transfer-progress", code="no-link"), [])
        # Equal content is not sent again, and makes no second copy.
        self.assertEqual(self.send_alone("bob", single).code, 0)
        self.assert_downloads("photos", "report.pdf")
        # Other content of that name goes beside it.
        make_file(single, MIB)
        self.assertEqual(self.send_alone("bob", single).code, 0)
        self.assert_downloads("photos", "report (2).pdf", "report.pdf")

    def test_an_offer_names_all_that_was_given(self):
        bob = self.receiver("ask")
        folder = make_tree(self.sources / "photos", {"a/b": 300, "c": 20})
        single = make_file(self.sources / "a\u202eb", 1000)
        self.assertEqual(self.send_alone("bob", single, folder, "--timeout", "1").code, 6)
        offer = bob.wait_event("transfer-offer", user="cyd")
        self.assertEqual((offer["files"], offer["bytes"]), (3, 1320))
        first, second = offer["outermost"]
        self.assertEqual(offer["others"], 1)
        self.assertEqual((first["folder"], first["files"], first["bytes"]), (False, 1, 1000))
        self.assertNotIn("\u202e", first["name"])
        self.assertEqual(second, {"name": "photos", "folder": True, "files": 2, "bytes": 320})
        listed = self.run_peer("bob", self.server, "transfers")
        self.assertEqual(listed.event("transfer")["outermost"], offer["outermost"])
        # Who starts again before it was answered sees as much.
        bob.stop()
        again = self.receiver_again("ask")
        self.assertEqual(again.wait_event("transfer-offer", user="cyd")["outermost"], offer["outermost"])
        self.run_peer("bob", self.server, "transfers")
        self.assertEqual([event["expires_ms"] for event in again.events("transfer-offer")], [offer["expires_ms"]])

    def test_what_was_left_out_is_told_on_both_sides(self):
        self.server = self.relay()
        bob = self.sides["bob"] = self.peer("bob", self.server, "--accept-files", "all", "--download-dir",
                                            self.downloads, "--on-conflict", "skip")
        folder = make_tree(self.sources / "photos", {"a": 300, "taken": 20, "same": 40})
        make_file(self.downloads / "photos" / "taken", 21)
        (self.downloads / "photos" / "same").write_bytes((folder / "same").read_bytes())
        (folder / "link").symlink_to("a")
        done = self.send_alone("bob", folder)
        self.assertEqual(done.code, 0, done)
        sent = done.event("transfer-done")
        self.assertEqual((sent["omitted"], sent["omitted_there"]), (1, 1), sent)
        self.assertEqual(sent["omitted_first"], [{"path": str(folder / "link"), "reason": "a symbolic link"}])
        got = bob.wait_event("transfer-done", id=sent["id"])
        self.assertEqual(got["omitted"], 1, got)
        self.assertEqual(got["omitted_first"][0]["path"], str(self.downloads / "photos" / "taken"))

    def test_what_gets_another_name_is_told_on_the_side_that_gives_it(self):
        bob = self.receiver()
        folder = make_tree(self.sources / "photos", {"new\nline": 10, "sub/b.txt": 20, "sub/same": 30})
        sent = self.send_alone("bob", folder).event("transfer-done")
        self.assertEqual((sent["renamed"], sent["renamed_first"]),
                         (1, [{"path": str(folder / "new\nline"), "name": "new_line"}]), sent)
        self.assertNotIn("renamed", bob.wait_event("transfer-done", id=sent["id"]))
        make_file(folder / "sub" / "b.txt", 21)
        self.assertEqual(self.send_alone("bob", folder).code, 0)
        wait_until(lambda: len(bob.events("transfer-done")) == 2, "the end of the second")
        got = bob.events("transfer-done")[1]
        place = self.downloads / "photos" / "sub" / "b (2).txt"
        self.assertEqual((got["renamed"], got["renamed_first"]), (1, [{"path": str(place), "name": "b.txt"}]), got)
        # The list of a later start still knows how many.
        bob.stop()
        listed = self.run_peer("bob", self.server, "transfers").events
        self.assertEqual(sorted(row.get("renamed", 0) for row in listed if row["event"] == "transfer"), [0, 1], listed)

    def test_standard_input_is_sent_under_a_name(self):
        self.receiver()
        done = self.send_alone("bob", "-", "--name", "notes.txt", text="from a pipe\n")
        self.assertEqual(done.code, 0, done)
        self.assertNotIn("renamed", done.event("transfer-done"))
        self.assertEqual((self.downloads / "notes.txt").read_text(), "from a pipe\n")
        self.assertEqual(self.send_alone("bob", "-", text="x").code, 1)

    def test_standard_input_that_does_not_end_holds_nobody_up(self):
        bob = self.receiver()
        for user, options, stopped, code in (("cyd", ("--timeout", "1"), False, 6), ("dan", (), True, 143)):
            waiting = self.start(*self.peer_options(user, self.server.uri), "--json", *options, "send", "bob", "-",
                                 "--name", "notes", name=user, kind=Peer)
            bob.wait_link(user)
            if stopped:
                waiting.signal(signal.SIGTERM)
            self.assertEqual(waiting.wait_exit(), code)

    def test_refusal_failure_and_time_out_have_codes_of_their_own(self):
        bob = self.receiver("none")
        report = make_file(self.sources / "report", 1000)
        refused = self.send_alone("bob", report)
        self.assertEqual((refused.code, refused.event("transfer-failed")["code"]), (5, "refused"), refused)
        self.assertEqual(bob.events("transfer-offer"), [])
        missing = self.send_alone("bob", self.sources / "nothing")
        self.assertEqual((missing.code, missing.event("transfer-failed")["code"]), (2, "source-unreadable"), missing)
        listed = next(event for event in self.run_peer("cyd", self.server, "transfers").events
                      if event.get("code") == "source-unreadable")
        self.assertEqual(listed["name"], "nothing")
        self.assertIn("No such file or directory", listed["detail"])
        unnamed = self.send_alone("bob", "")
        self.assertEqual((unnamed.code, unnamed.event("error")["code"]), (1, "usage"), unnamed)
        self.assertIn("paths is empty", unnamed.event("error")["detail"])
        away = self.send_alone("nobody", report)
        self.assertEqual((away.code, away.event("error")["code"]), (5, "unknown-user"), away)
        dan = self.peer("dan", self.server, "--download-dir", self.downloads / "dan")
        late = self.send_alone("dan", report, "--timeout", "1")
        self.assertEqual((late.code, late.event("error")["code"]), (6, "timeout"), late)
        dan.wait_event("transfer-offer", user="cyd")
        self.assertEqual(list(self.downloads.iterdir()), [])

    def test_who_is_not_online_is_waited_for(self):
        self.receiver().stop()
        report = make_file(self.sources / "report", 1000)
        waiting = self.start(*self.peer_options("cyd", self.server.uri), "--json", "send", "bob", report, name="cyd",
                             kind=Peer)
        notice = waiting.wait_event("notice", user="bob", code="offline")
        self.assertEqual(notice["detail"], "bob is not online; the files are offered when bob comes")
        self.receiver_again("all")
        self.assertEqual(waiting.wait_exit(), 0, waiting.story())
        self.assert_arrived(report)
        # Once, and only about who is not there.
        self.assertEqual(len(waiting.events("notice")), 1)
        self.assertEqual([e for e in self.send_alone("bob", report).events if e["event"] == "notice"], [])

    def test_who_is_not_online_is_waited_for_as_long_as_was_told(self):
        self.receiver().stop()
        late = self.send_alone("bob", make_file(self.sources / "report", 1000), "--timeout", "1")
        self.assertEqual((late.code, late.event("error")["code"]), (6, "timeout"), late)
        self.assertEqual(late.event("notice")["code"], "offline")

    def test_an_offer_that_nobody_answers_in_time_is_withdrawn(self):
        bob = self.receiver("ask")
        report = make_file(self.sources / "report", 1000)
        sent = self.send_alone("bob", report, "--expires", "2")
        self.assertEqual((sent.code, sent.event("transfer-failed")["code"]), (6, "expired"), sent)
        offer = bob.wait_event("transfer-offer", user="cyd")
        self.assertEqual(bob.wait_event("transfer-failed", id=offer["id"])["code"], "expired")

    def test_several_users_each_get_it_and_the_first_fault_decides_the_exit_code(self):
        self.receiver()
        dan = self.peer("dan", self.server, "--accept-files", "all", "--download-dir", self.downloads / "dan")
        self.peer("eve", self.server, "--accept-files", "none", "--download-dir", self.downloads / "eve")
        report = make_file(self.sources / "report", MIB)
        both = self.send_alone("bob,dan", report)
        self.assertEqual(both.code, 0, both)
        self.assertEqual({event["user"] for event in both.events if event["event"] == "transfer-done"}, {"bob", "dan"})
        self.assert_arrived(report)
        self.assert_arrived(report, "dan/report")
        # Who refuses, or is not there, does not keep the others from it.
        make_file(report, MIB)
        some = self.send_alone("eve,nobody,dan", report)
        self.assertEqual(some.code, 5, some)
        self.assertEqual((some.event("transfer-failed")["user"], some.event("transfer-failed")["code"]),
                         ("eve", "refused"), some)
        self.assertEqual(some.event("error")["code"], "unknown-user", some)
        self.assertEqual(some.event("transfer-done")["user"], "dan", some)
        dan.wait_event("transfer-done", id=some.event("transfer-done")["id"])
        self.assert_arrived(report, "dan/report (2)")

    def test_a_user_who_does_not_answer_does_not_end_what_goes_to_others(self):
        self.receiver("ask")
        eve = self.peer("eve", self.server)
        report = make_file(self.sources / "report", MIB)
        eve.signal(signal.SIGSTOP)
        sending = self.start(*self.peer_options("cyd", self.server.uri), "--json", "send", "eve,bob", report,
                             name="cyd", kind=Peer)
        silent = sending.wait_event("error")
        self.assertEqual(silent["code"], "timeout", silent)
        # Only now it is accepted: it could not have been done before.
        offer = self.sides["bob"].wait_event("transfer-offer", user="cyd")
        self.order("bob", "accept", offer["id"])
        sending.wait_event("transfer-done", user="bob")
        self.assertEqual(sending.wait_exit(), 6)
        eve.signal(signal.SIGCONT)
        self.assert_arrived(report)

    def test_policies_of_size_and_number(self):
        self.receiver()
        small, large = make_file(self.sources / "small", 1000), make_file(self.sources / "large", 3000)
        folder = make_tree(self.sources / "folder", {str(i): 1 for i in range(9)})
        self.peer("eve", self.server, "--accept-files", "bob:none", "--accept-files", "all", "--max-size", "2K",
                  "--max-files", "5", "--download-dir", self.downloads)
        self.assertEqual(self.send_alone("eve", small).code, 0)
        for what, code in ((large, "too-large"), (folder, "too-many")):
            refused = self.send_alone("eve", what)
            self.assertEqual((refused.code, refused.event("transfer-failed")["code"]), (5, code), refused)
        self.assert_downloads("small")

    def test_the_same_command_again_goes_on_with_what_was_begun(self):
        self.receiver("ask")
        report = make_file(self.sources / "report", 5 * MIB)
        self.assertEqual(self.send_alone("bob", report, "--timeout", "1").code, 6)
        offer = self.sides["bob"].wait_event("transfer-offer", user="cyd")
        self.order("bob", "accept", offer["id"])
        again = self.send_alone("bob", report)
        self.assertEqual((again.code, again.event("transfer-done")["id"]), (0, offer["id"]), again)
        self.assert_arrived(report)
        self.assert_downloads("report")


class Beside(TransferTest):
    """Commands beside a running program, and lines typed into one."""

    def run_beside(self, user, *command, **more):
        return self.run_peer(user, self.server, *command, **more)

    def test_send_and_answers_go_through_the_running_programs(self):
        self.start_pair(accept="ask")
        report = make_file(self.sources / "report", MIB)
        transfer = self.send(report)
        self.sides["bob"].wait_event("transfer-offer", id=transfer, name="report")
        listed = self.run_beside("bob", "transfers")
        self.assertEqual(listed.event("transfer")["state"], "offered", listed)
        taken = self.run_beside("bob", "accept", transfer[:6])
        self.assertEqual((taken.code, taken.event("transfer-order")["order"]), (0, "accept"), taken)
        self.wait_done(transfer)
        self.assert_arrived(report)
        again = self.run_beside("bob", "accept", transfer)
        self.assertEqual((again.code, again.event("error")["code"]), (5, "unknown-transfer"), again)
        listed = self.run_beside("ann", "transfers")
        self.assertEqual(listed.event("transfer")["state"], "done", listed)

    def test_standard_input_goes_through_the_running_program(self):
        ann, bob = self.start_pair()
        dan = self.peer("dan", self.server, "--accept-files", "all", "--download-dir", self.downloads / "dan")
        ann.wait_link("dan")
        content = bytes(range(256)) * 8192
        sent = self.run_beside("ann", "send", "bob,dan", "-", "--name", "notes", text=content)
        self.assertEqual(sent.code, 0, sent)
        for user, receiver in (("bob", bob), ("dan", dan)):
            done = next(e for e in sent.events if e["event"] == "transfer-done" and e["user"] == user)
            stored = receiver.wait_event("transfer-done", id=done["id"])["stored"]
            self.assertEqual(Path(stored[0]).read_bytes(), content)
        self.assertEqual(self.run_beside("ann", "send", "bob", "-", "--name", "empty").code, 0)
        self.assertEqual((self.downloads / "empty").read_bytes(), b"")
        # Nothing is left of it.
        self.assertEqual([path.name for path in (self.folder / "ann").iterdir() if "spool" in path.name], [])

    def hand_over_input(self, content, *more):
        """`send bob -` beside ann's program, and the id of its transfer."""
        sending = self.start(*self.peer_options("ann", self.server.uri), "--json", "send", "bob", "-", "--name",
                             "notes", *more, name="send", kind=Peer)
        sending.process.stdin.write(content)
        sending.process.stdin.close()
        return sending, sending.wait_event("transfer-progress", state="running")["id"]

    def test_input_that_was_handed_over_holds_through_pauses_new_links_and_the_end_of_its_client(self):
        self.start_pair(ann=("--limit", "2M"))
        content = random.Random(1).randbytes(6 * MIB)
        sending, transfer = self.hand_over_input(content)
        self.wait_arrived(1)
        sending.kill()
        self.order("ann", "pause", transfer)
        self.wait_state("bob", transfer, state="paused")
        self.order("ann", "resume", transfer)
        self.start_again("bob")
        self.wait_done(transfer)
        self.assertEqual((self.downloads / "notes").read_bytes(), content)

    def test_input_that_was_handed_over_is_lost_with_the_program_that_has_it(self):
        self.start_pair(ann=("--limit", "1M"))
        sending, transfer = self.hand_over_input(random.Random(1).randbytes(6 * MIB))
        self.wait_arrived(1)
        self.start_again("ann")
        self.assertEqual(sending.wait_exit(), 2)
        failed = self.sides["ann"].wait_event("transfer-failed", id=transfer)
        self.assertEqual(failed["code"], "source-unreadable")

    def test_input_that_does_not_end_is_waited_for_as_long_as_was_told(self):
        self.start_pair()
        waiting = self.start(*self.peer_options("ann", self.server.uri), "--json", "--timeout", "1", "send", "bob",
                             "-", "--name", "notes", name="send", kind=Peer)
        self.assertEqual(waiting.wait_exit(), 6)
        self.assertEqual(waiting.events("error")[0]["code"], "timeout")
        self.assertEqual(self.sides["bob"].events("transfer-offer"), [])

    def test_a_request_for_standard_input_that_brings_no_file_is_refused(self):
        ann, _ = self.start_pair()
        request = {"command": "send", "users": ["bob"], "paths": ["-"], "name": "notes", "timeout_ms": 1000,
                   "expires_ms": 1000}
        pipe = os.pipe()
        self.addCleanup(os.close, pipe[0])
        self.addCleanup(os.close, pipe[1])
        for attached, why in (([], "did not come along"), ([pipe[0]], "is no file")):
            with socket.socket(socket.AF_UNIX) as control:
                control.connect(str(self.folder / "ann" / "control"))
                socket.send_fds(control, [json.dumps(request).encode() + b"\n"], attached)
                answer = [json.loads(line) for line in control.makefile()]
            self.assertEqual((answer[0]["code"], answer[1]), ("usage", {"event": "exit", "code": 1}), answer)
            self.assertIn(why, answer[0]["detail"])
        self.assertEqual(ann.events("transfer-progress"), [])

    def test_who_is_not_online_is_waited_for_beside_a_running_program(self):
        self.server = self.relay()
        for user in ("bob", "dan"):
            self.peer(user, self.server).stop()
        ann = self.peer("ann", self.server)  # It has never met them.
        report = make_file(self.sources / "report", 1000)
        late = self.run_beside("ann", "send", "bob", report, "--timeout", "1")
        self.assertEqual((late.code, late.event("error")["code"], late.event("notice")["code"]), (6, "timeout", "offline"))
        self.assertIn("the running program goes on", late.event("error")["detail"])
        ann.say(f"/send dan {report}")
        ann.wait_event("notice", user="dan", code="offline")
        # Nor does it keep the program from ending.
        ann.say("/quit")
        self.assertEqual(ann.wait_exit(), 0)
        self.peer("ann", self.server)
        nobody = self.run_beside("ann", "send", "nobody", report)
        self.assertEqual((nobody.code, nobody.event("error")["code"]), (5, "unknown-user"), nobody)
        for user in ("bob", "dan"):
            target = self.downloads / user
            came = self.peer(user, self.server, "--accept-files", "all", "--download-dir", target)
            came.wait_event("transfer-done", user="ann")
            self.assertEqual((target / "report").read_bytes(), report.read_bytes())

    def test_who_has_just_gone_is_sent_to_when_he_comes_again(self):
        _, bob = self.start_pair()
        report = make_file(self.sources / "report", 1000)
        bob.stop()  # Ann may not know of it yet.
        late = self.run_beside("ann", "send", "bob", report, "--timeout", "1")
        self.assertEqual((late.code, late.event("error")["code"]), (6, "timeout"), late)
        self.assertIn("the running program goes on", late.event("error")["detail"])
        self.start_side("bob").wait_event("transfer-done", user="ann")
        self.assert_arrived(report)

    def test_a_running_program_that_is_killed_goes_on_with_its_next_start(self):
        self.start_pair()
        report = make_file(self.sources / "report", 4 * MIB)
        sending = self.start(*self.peer_options("ann", self.server.uri), "--json", "send", "bob", report, "--limit", "1M",
                             name="ann", kind=Peer)
        sending.wait_event("transfer-progress", state="running")
        self.sides["ann"].kill()
        self.assertEqual(sending.wait_exit(), 5)
        self.assertEqual(sending.events("error")[0]["code"], "stopped")
        self.start_side("ann")
        self.sides["bob"].wait_event("transfer-done", user="ann")
        self.assert_arrived(report)

    def test_whoever_accepts_says_how_names_that_are_taken_are_dealt_with(self):
        self.start_pair(accept="ask")
        report = make_file(self.sources / "report", 2 * MIB)
        make_file(self.downloads / "report", 10)
        transfer = self.send(report)
        self.sides["bob"].wait_event("transfer-offer", id=transfer)
        taken = self.run_beside("bob", "accept", transfer, "--on-conflict", "overwrite", "--limit", "1M")
        self.assertEqual(taken.code, 0, taken)
        self.wait_done(transfer)
        self.assert_downloads("report")
        self.assert_arrived(report)

    def test_who_rejects_or_cancels_ends_it_on_both_sides(self):
        self.start_pair(accept="ask", ann=("--limit", "1M"))
        report = make_file(self.sources / "report", 8 * MIB)
        for user, order, codes in (("bob", "reject", ("refused", "refused")),
                                   ("ann", "cancel", ("cancelled", "cancelled-there")),
                                   ("bob", "cancel", ("cancelled-there", "cancelled"))):
            transfer = self.send(report)
            self.sides["bob"].wait_event("transfer-offer", id=transfer)
            if order == "cancel":
                self.order("bob", "accept", transfer)
                self.wait_arrived(1)
            self.order(user, order, transfer)
            told = [self.sides[side].wait_event("transfer-failed", id=transfer)["code"] for side in ("ann", "bob")]
            self.assertEqual(tuple(told), codes)
        # It is told at once, and cleaned up behind it.
        wait_until(lambda: not list(self.downloads.iterdir()), "the end of what was unfinished")

    def test_without_a_running_program_orders_say_what_to_do_and_the_list_is_read_from_disk(self):
        self.start_pair()
        transfer = self.send(make_file(self.sources / "report", 1000))
        self.wait_done(transfer)
        self.sides["ann"].stop()
        listed = self.run_beside("ann", "transfers")
        self.assertEqual((listed.code, listed.event("transfer")["state"]), (0, "done"), listed)
        order = self.run_beside("ann", "pause", transfer)
        self.assertEqual((order.code, order.event("error")["code"]), (5, "not-running"), order)

    def test_a_note_and_a_name_cannot_act_on_a_terminal(self):
        self.start_pair(accept="ask", bob=())
        report = make_file(self.sources / "a\u202eb", 10)
        shown = self.run_peer("cyd", self.server, "send", "bob", str(report), "--note", "\x1b[2Jhello", "--timeout", "1")
        offer = self.sides["bob"].events("transfer-offer")
        self.assertNotIn("\x1b", shown.err + shown.out)
        self.assertEqual([event["note"] for event in offer], ["\x1b[2Jhello"] * len(offer))


if __name__ == "__main__":
    unittest.main()

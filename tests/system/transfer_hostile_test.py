# ctest: timeout=300
"""Hostile senders and receivers: nothing is written outside the download folder, memory is bounded, others go on."""

import contextlib
import os
import random
import re
import unittest
from pathlib import Path

from support.certificates import Identity
from support.programs import sanitized, wait_until
from support.transfer_wire import BLOCK, Offered, TransferLink, content_hash, file_entry, folder_entry
from support.transfers import make_file, parts, snapshot
from support.undisturbed import BadInputTest
from support.wire import BLOCKS, Closed, blocks, piece, transfer

TREES = int(os.environ.get("HOBNOB_HOSTILE_TREES", 300 if sanitized() else 5000))
OFFERS_AT_ONCE = 90  # A receiver looks at a hundred of one user, then at a few a second.
OFFERS = int(os.environ.get("HOBNOB_HOSTILE_OFFERS", 1000 if sanitized() else 10_000))

# More than a transfer needs, and far less than what is thrown at it.
PEAK_KIB = 96 * 1024 * (4 if sanitized() else 1)


class HostileTest(BadInputTest):
    """Mallory, who speaks the protocol in Python, and bob, who takes whatever is offered. Ann is honest."""

    growth_kib = PEAK_KIB  # What a burst needed is not given back at once.

    def setUp(self):
        super().setUp()
        self.session = self.client().login(self.attacker, "mallory")["session"]
        for user in ("ann", "bob"):
            self.honest[user].wait_presence("mallory", "online")
            Path(f"/proc/{self.honest[user].pid}/clear_refs").write_text("5")  # Peaks count from here.
        self.outside = self.everything_but_downloads()

    def tearDown(self):
        self.assertEqual(self.everything_but_downloads(), self.outside, "nothing else was touched")
        source = make_file(self.folder / "honest file", 300_000)
        self.honest["ann"].say(f"/send bob {source}")
        self.honest["bob"].wait_event("transfer-done", user="ann", name="honest file")
        self.assertEqual((self.downloads / "honest file").read_bytes(), source.read_bytes())
        wait_until(lambda: parts(self.downloads) == [], "no unfinished files")
        self.assert_undisturbed()
        for user, (peak, before) in self.peaks().items():
            self.assertLess(peak - before, PEAK_KIB, f"the memory of {user}")

    def options_of(self, user):
        self.downloads = self.folder / "area" / "of" / "bob" / "downloads"
        self.downloads.mkdir(parents=True, exist_ok=True)
        (self.folder / "area" / "private").write_text("not to be touched")
        return ("--accept-files", "all", "--download-dir", self.downloads) if user == "bob" else ()

    def everything_but_downloads(self):
        """The whole temporary folder but the programs' own data and what may be written to."""
        own = [path.name for path in self.folder.glob("identity-*")] + ["ann", "bob", "relay"]
        return snapshot(self.folder, without=[*own, str(self.downloads.relative_to(self.folder))])

    def peaks(self):
        result = {}
        for user in ("ann", "bob"):
            status = Path(f"/proc/{self.honest[user].pid}/status").read_text()
            peak = int(re.search(r"^VmHWM:\s+(\d+) kB", status, re.M).group(1))
            result[user] = peak, self._before[self.honest[user]]
        return result

    def link(self, to="bob"):
        since = self.honest[to].mark()
        link = TransferLink(self.honest[to].pid, self.attacker, "mallory", self.session)
        self.addCleanup(link.close)
        self.honest[to].wait_link("mallory", since=since)
        return link

    def link_of(self, user):
        """Of one more user, to bob."""
        identity, bob = Identity(self.folder, user), self.honest["bob"]
        session = self.client(identity=identity).login(identity, user)["session"]
        bob.wait_presence(user, "online")
        link = TransferLink(bob.pid, identity, user, session)
        self.addCleanup(link.close)
        bob.wait_link(user)
        return link

    def received(self):
        return sorted(str(path.relative_to(self.downloads)) for path in self.downloads.rglob("*"))


class HostileNames(HostileTest):
    def test_names_that_no_receiver_takes(self):
        link = self.link()
        outside = str(self.folder / "escaped")
        names = ["", ".", "..", "../escaped", "../../escaped", "inner/../../escaped", "inner/..", "inner/.",
                 "./escaped", "inner//escaped", "inner/", "/", outside, "/" + outside, "a\0b", "a\nb", "\x1b[2J",
                 "a\x7fb", "a\u202eb", "a\u2066b", "a\u200bb", "a\u0085b", "x" * 256, "x" * 300, "é" * 128,
                 "inner/" * 800 + "x", "..\\escaped",
                 ".hidden", ".bashrc", "-rf", "." * 3, ".hobnob-part-" + "0" * 32 + "-0", "C:\\escaped", "~/../escaped",
                 "nobody/declared/this"]
        for name in names:
            for make in (file_entry, folder_entry):
                with self.subTest(name=name, kind=make.__name__):
                    offered = Offered([folder_entry("inner"), make(name)])
                    self.assertEqual(offered.conduct(link), "bad-path")
                    self.assertEqual(self.received(), [])
        deep = [folder_entry("/".join(["d"] * depth)) for depth in range(1, 66)]
        self.assertEqual(Offered(deep).conduct(link), "bad-path")
        with self.assertRaises(Closed):
            Offered([file_entry(b"no \xff text")]).conduct(link)

    def test_names_that_meet_each_other_stand_side_by_side(self):
        link = self.link()
        sizes = iter(range(1, 100))
        for names, wanted in (
                ([file_entry("one", next(sizes)), file_entry("one", next(sizes))], ["one", "one (2)"]),
                ([folder_entry("two"), file_entry("two", next(sizes))], ["two", "two (2)"]),
                ([file_entry("three", next(sizes)), folder_entry("three"), file_entry("three/in it", next(sizes))],
                 ["three", "three (2)", "three/in it"]),
                ([file_entry("four", next(sizes)), file_entry("FOUR", next(sizes))], ["FOUR", "four"])):
            with self.subTest(names=names):
                before = self.received()
                self.assertEqual(Offered(names).conduct(link), "complete")
                self.assertEqual(sorted(set(self.received()) - set(before)), wanted)
        for names in ([folder_entry("five"), folder_entry("five")],
                      [file_entry("six"), file_entry("six/in a file")],
                      [file_entry("seven/before its folder"), folder_entry("seven")]):
            with self.subTest(names=names):
                self.assertEqual(Offered(names).conduct(link), "bad-path")

    def test_generated_trees(self):
        chance = random.Random(seed := random.randrange(2**32))
        print(f"seed {seed}", flush=True)
        fragments = ["a", "b", "..", ".", "", "/", "//", "\\", "\0", "\n", "\x1b[1m", "\u202e", "x" * 255, "y" * 256,
                     ".a", "-", "~", "é", "\U0001f600", " ", "a.", "con", "a/b", "../", "/..", "%2e%2e", "\u0301" * 9,
                     "\ufeff", "\t"]
        link, codes = None, set()
        for number in range(TREES):
            if number % OFFERS_AT_ONCE == 0:  # Of one user more would wait.
                link = self.link_of(f"mallory{number}")
            entries = []
            for _ in range(chance.randrange(1, 6)):
                below = chance.choice([entry["path"] + "/" for entry in entries] + [""])
                name = below + "".join(chance.choices(fragments, k=chance.choice([1, 1, 1, 2, 3])))
                entries.append(chance.choice([file_entry(name, chance.choice([0, 1, 300])), folder_entry(name)]))
            codes.add(Offered(entries).conduct(link))
            if number % 100 == 0:
                self.assertEqual(self.everything_but_downloads(), self.outside)
        self.assertLessEqual(codes, {"complete", "bad-path"})
        for path in self.downloads.rglob("*"):
            self.assertNotRegex(path.name, r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069\\]")
            self.assertFalse(path.is_symlink())
        for path in self.downloads.iterdir():
            self.assertNotIn(path.name[0], ".-")

    def test_words_for_people_are_harmless(self):
        link, bob = self.link(), self.honest["bob"]
        mark = bob.mark()
        evil = "\x1b]0;owned\x07\u202egnp.exe"
        offered = Offered([file_entry("x", 1)], {"name": evil, "note": "\x1b[2Jnote"})
        self.assertEqual(offered.conduct(link), "complete")
        refused = Offered([file_entry("y", 1)], {"name": evil})
        link.send(refused.offer())
        link.wait_word("accepted", refused.id)
        link.send(transfer(refused.id, end={"code": "\x1b[2J", "detail": evil}))
        failed = bob.wait_event("transfer-failed", mark, user="mallory")
        self.assertRegex(failed["code"], "^[a-z-]{1,32}$")
        self.lines_since(bob, mark)
        self.assertNotRegex(bob.text("out"), "[\x00-\x09\x0b-\x1f\x7f\u202a-\u202e]")


class HostileContent(HostileTest):
    """A sender whose manifest is sound, and whose content is not."""

    def refused(self, link, offered, *frames, code):
        """Is asked for the content of its last file and answers with these frames."""
        link.send(offered.offer())
        while True:
            kind, fields = link.next_word(offered.id)
            if kind == "end":
                self.assertEqual(fields["code"], code)
                return
            for answer in (frames if kind == "block_request" else offered.answers(kind, fields)):
                link.send(answer)

    def test_more_content_than_was_declared(self):
        link = self.link()
        for number, (offset, size, ends) in enumerate((
                (0, 1025, True), (0, 1025, False), (0, 1024, False), (0, 1023, True), (0, 200_000, True))):
            with self.subTest(offset=offset, size=size, ends=ends):
                data = b"z" * size
                offered = Offered([file_entry(f"small {number}", 1024)])
                self.refused(link, offered, blocks(offered.id, piece(
                    0, offset, data, content_hash(data) if ends else None)), code="protocol")
        wait_until(lambda: self.received() == [], "nothing to be left")

    def test_a_declared_kibibyte_and_content_without_end(self):
        link, offered = self.link(), Offered([file_entry("small", 1024)])
        link.send(offered.offer())
        link.wait_word("accepted", offered.id)
        for answer in offered.manifest(0, 1):
            link.send(answer)
        data = b"z" * 250_000
        flood = b"".join(blocks(offered.id, piece(0, offset, data)) for offset in range(BLOCK, 40 * BLOCK, BLOCK))
        for _ in range(60):  # 600 MB: the link takes what the transfer drops, and then it is ended.
            link.send(flood)
            if any("end" in word for word in link.words_so_far()):
                break
        else:
            self.fail("it takes everything")
        self.assertEqual(self.received(), [])

    def test_blocks_that_nobody_asked_for_are_dropped(self):
        link, offered = self.link(), Offered([file_entry("first", 1000), file_entry("second", BLOCK * 3)])
        link.send(offered.offer())
        strange = [piece(0, 2**63, b"x"), piece(7, 0, b"x"), piece(2**32 - 1, 2**64 - 1, b"x"),
                   piece(1, BLOCK * 3, b"x"), piece(1, 5, b"x"), piece(0, 500, b"x"),
                   piece(1, BLOCK * 2 + 1, b"x", content_hash(b"x"))]
        for strange_piece in strange:
            link.send(blocks(offered.id, strange_piece))
        while True:
            kind, fields = link.next_word(offered.id)
            self.assertNotEqual(kind, "end", fields)
            for strange_piece in strange:
                link.send(blocks(offered.id, strange_piece))
            for answer in offered.answers(kind, fields):
                link.send(answer)
            if kind == "complete":
                break
        self.assertEqual(self.received(), ["first", "second"])
        self.assertEqual((self.downloads / "second").read_bytes(), b"x" * BLOCK * 3)

    def test_cut_frames(self):
        link = self.link()
        for number, data in enumerate((b"x", b"x" * 15, piece(0, 0, b"x" * 100, size=101), piece(0, 0, b"", size=0),
                                       piece(0, 0, b"x" * 8, size=2**31 - 1), piece(0, 0, b"x" * 1024, b"cut"))):
            with self.subTest(data=data[:40]):
                offered = Offered([file_entry(f"file {number}", 1024)])
                self.refused(link, offered, blocks(offered.id, data), code="protocol")

    def test_content_that_never_is_what_its_hash_says(self):
        class Lying(Offered):
            def hash_of(self, data):
                return content_hash(data + b"another")
        offered = Lying([file_entry("damaged", BLOCK + 5)])
        self.assertEqual(offered.conduct(self.link()), "not-verified")
        wait_until(lambda: self.received() == [], "nothing to be left")

    def test_manifests_that_are_not_the_offered_ones(self):
        link = self.link()
        entries = [file_entry("one", 10), file_entry("two", 10)]
        for code, changes in (("protocol", {"entries": 1, "files": 1}), ("too-large", {"bytes": 19}),
                              ("source-changed", {"manifest_hash": bytes(16)}),
                              ("source-changed", {"bytes": 21, "manifest_hash": content_hash(b"")})):
            with self.subTest(changes=changes):
                offered = Offered(entries, changes)
                offered.manifest = lambda first, count, it=offered: [
                    transfer(it.id, manifest={"first": 0, "entries": it.entries})]
                self.assertEqual(offered.conduct(link), code)
        self.assertEqual([path for path in self.received() if not path.startswith(("one", "two"))], [])

    def test_sizes_at_the_edge(self):
        link = self.link()
        for size in (2**63 - 1, 2**63, 2**64 - 1):
            with self.subTest(size=size):
                offered = Offered([file_entry("vast", size)], {"bytes": size})
                since = self.honest["bob"].mark()
                link.send(offered.offer())
                # So much is asked about, whatever the policy.
                asked = self.honest["bob"].wait_event("transfer-offer", since)
                self.honest["bob"].say(f"/accept {asked['id']}")
                words = [link.next_word(offered.id)]
                while words[-1][0] not in ("end", "hold"):
                    words.append(link.next_word(offered.id))
                if words[-1][0] == "hold":
                    self.assertEqual(words[-1][1]["code"], "disk-full")
                    link.send(transfer(offered.id, end={"code": "cancelled"}))
        link.words_so_far()


class HostileOffers(HostileTest):
    def test_offers_that_do_not_check_close_the_link(self):
        good = Offered([file_entry("x", 1)])
        for changes in ({"manifest_hash": b"short"}, {"name": "x" * 1025}, {"note": "x" * 201}, {"files": 2},
                        {"entries": 2**32, "files": 0}):
            with self.subTest(changes=str(changes)[:60]):
                link = self.link()
                link.send(transfer(os.urandom(16), offer={**good.summary, **changes}))
                with self.assertRaises(Closed):
                    link.next_frame()
                link.close()
        for data in (transfer(b"short", offer=good.summary), blocks(b"short")):
            link = self.link()
            link.send(data)
            with self.assertRaises(Closed):
                link.next_frame()
            link.close()

    def test_a_flood_of_offers_is_refused_and_takes_no_memory(self):
        link, accepted, refused = self.link(), set(), set()

        def hear():
            for word in link.words_so_far():
                if "accepted" in word:
                    accepted.add(word["id"])
                elif "end" in word:
                    self.assertEqual(word["end"]["code"], "refused")
                    refused.add(word["id"])

        for first in range(0, OFFERS, 500):
            for _ in range(500):
                link.send(Offered([file_entry("x", 1)]).offer())
            hear()
        wait_until(lambda: hear() or len(refused) >= OFFERS - 600, "the refusals")
        self.assertLessEqual(len(accepted), 100)
        link.close()

    def test_words_on_the_transfer_of_another_change_nothing(self):
        ann, bob = self.honest["ann"], self.honest["bob"]
        source = make_file(self.folder / "long", 4_000_000)
        self.outside = self.everything_but_downloads()
        ann.say(f"/send bob {source}")
        text = bob.wait_event("transfer-progress", user="ann", name="long")["id"]
        self.assertRegex(text, "^[0-9a-f]{32}$")
        link, theirs = self.link(), Offered([file_entry("x", 1)])
        theirs.id = bytes.fromhex(text)
        data = b"z" * 1000
        for word in (theirs.offer(), *theirs.manifest(0, 1), *theirs.blocks(0, 0, 1),
                     blocks(theirs.id, piece(0, 0, data, content_hash(data))),
                     transfer(theirs.id, end={"code": "cancelled"}), transfer(theirs.id, accepted={}),
                     transfer(theirs.id, hold={"held": True, "code": "paused"}), transfer(theirs.id, complete={}),
                     transfer(theirs.id, verified={})):
            link.send(word)
        for word in link.words_so_far():
            self.assertEqual(word.get("end", {}).get("code"), "unknown", word)
        bob.wait_event("transfer-done", id=text)
        self.assertEqual((self.downloads / "long").read_bytes(), source.read_bytes())

    def test_transfers_that_never_go_on_do_not_keep_others_waiting(self):
        link = self.link()
        stuck = [Offered([file_entry(f"never {i}", 1000)]) for i in range(4)]
        for offered in stuck:
            link.send(offered.offer())
            link.wait_word("accepted", offered.id)
        # Ann's file gets through, as after every test here.


class HostileReceivers(HostileTest):
    """Mallory is offered something by ann, and asks for what there is not, or for far too much."""

    def setUp(self):
        super().setUp()
        self.source = self.folder / "ann" / "source"  # In a folder that may change.

    def accept(self, link):
        """Ann offers her folder, mallory accepts; the id."""
        self.honest["ann"].say(f"/send mallory {self.source}")
        transfer_id = link.wait_offer()
        link.send(transfer(transfer_id, accepted={}))
        return transfer_id

    def fill_source(self, files, name_size=8):
        for number in range(files):
            make_file(self.source / f"{number:0{name_size}}", 1000 + number % 100)

    def test_what_there_is_not(self):
        self.fill_source(3)
        link = self.link("ann")
        last, many = 2**64 - 1, 2**32 - 1
        for code, word in (
                ("protocol", {"manifest_request": {"first": last, "count": many}}),
                ("protocol", {"manifest_request": {"first": 5, "count": 1}}),
                ("protocol", {"hash_request": {"entry": 1, "first": last, "count": last}}),
                ("protocol", {"hash_request": {"entry": many, "first": 0, "count": 1}}),
                ("protocol", {"hash_request": {"entry": 1, "first": 0, "count": 2}}),
                ("protocol", {"hash_request": {"entry": 0, "first": 0, "count": 1}}),
                ("protocol", {"block_request": {"ranges": [{"entry": many, "first": 0, "count": 1}]}}),
                ("protocol", {"block_request": {"ranges": [{"entry": 1, "first": 0, "count": 2}]}}),
                ("protocol", {"block_request": {"ranges": [{"entry": 1, "first": last, "count": last}]}}),
                ("protocol", {"block_request": {"ranges": [{"entry": 1, "entries": many}]}}),
                ("protocol", {"block_request": {"ranges": [{"entry": 1}]}}),
                ("protocol", {"finished": {"files_done": 1, "bytes_done": 1, "ranges": [{"first": 9, "count": 1}]}}),
                ("protocol", {"finished": {"ranges": [{"first": 0, "count": many}]}}),
                ("protocol", {"finished": {"ranges": [{"first": 1, "count": 1, "roots": b"short"}]}})):
            with self.subTest(word=word):
                transfer_id = self.accept(link)
                link.send(transfer(transfer_id, **word))
                self.assertEqual(link.wait_word("end", transfer_id)["code"], code)
                told = self.honest["ann"].wait_event("transfer-failed", id=transfer_id.hex())
                self.assertEqual(told["code"], code)

    def test_another_root_than_that_of_what_was_sent(self):
        self.fill_source(1)
        link = self.link("ann")
        transfer_id = self.accept(link)
        link.send(transfer(transfer_id, block_request={"ranges": [{"entry": 1, "first": 0, "count": 1}]}))
        while link.next_frame()[0] != BLOCKS:
            pass
        link.send(transfer(transfer_id, finished={"ranges": [{"first": 1, "count": 1, "roots": bytes(16)}]}))
        self.assertEqual(link.wait_word("end", transfer_id)["code"], "not-verified")

    def test_one_file_a_hundred_thousand_times(self):
        self.fill_source(3)
        link = self.link("ann")
        transfer_id = self.accept(link)
        everything = [{"entry": 0, "entries": 4}] * 5000
        with contextlib.suppress(OSError):
            for _ in range(25):
                link.send(transfer(transfer_id, block_request={"ranges": everything}))
        self.assertEqual(link.wait_word("end", transfer_id)["code"], "protocol")

    def test_the_list_of_files_again_and_again(self):
        self.fill_source(2000, name_size=200)
        link = self.link("ann")
        transfer_id = self.accept(link)
        with contextlib.suppress(OSError, Closed):  # What is not read in time may cost mallory the link.
            link.send(transfer(transfer_id, manifest_request={"first": 0, "count": 2**32 - 1}) * 500)
            link.words_so_far()
        link.close()
        self.honest["ann"].wait_link("mallory", "down")

    def test_one_who_asks_and_takes_nothing(self):
        make_file(self.source / "large", 64_000_000)
        link = self.link("ann")
        transfer_id = self.accept(link)
        link.send(transfer(transfer_id, block_request={"ranges": [{"entry": 1, "entries": 1}]}))
        while link.next_frame()[0] != BLOCKS:
            pass
        # The rest stays where it is: ann's memory is looked at when she has sent bob something meanwhile.


if __name__ == "__main__":
    unittest.main()

# ctest: timeout=300
"""Whose files are taken without asking: policies from a config file, as people have them."""

import unittest

from support.programs import wait_until
from support.transfers import TransferTest, make_file, make_tree


class Policies(TransferTest):
    """Bob takes what his config file says."""

    def start_bob(self, *lines):
        self.server = self.server or self.relay()
        config = self.folder / "bob.conf"
        config.write_text("".join(f"{line}\n" for line in (f"download-dir = {self.downloads}", *lines)))
        self._options["bob"] = ("--config", config)
        return self.start_side("bob")

    def join(self, *users):
        for user in users:
            self._options[user] = ()
            self.start_side(user)
            self.sides[user].wait_link("bob")
            self.sides["bob"].wait_link(user)

    def bob_starts_again(self):
        """When he has stored whom he met."""
        known = self.folder / "bob" / "known_keys"
        met = [user for user in self.sides if user != "bob"]
        wait_until(lambda: known.is_file() and all(user in known.read_text() for user in met), f"the keys of {met}")
        self.sides["bob"].stop()
        marks = {user: self.sides[user].mark() for user in met}
        bob = self.start_side("bob")
        for user in met:
            self.sides[user].wait_link("bob", since=marks[user])
        return bob

    def offer(self, name, user):
        return self.send(make_file(self.sources / user / name, 1000), user=user)

    def assert_asked(self, name, user):
        transfer = self.offer(name, user)
        self.sides["bob"].wait_event("transfer-offer", id=transfer, user=user)
        return transfer

    def assert_taken(self, name, user):
        transfer = self.offer(name, user)
        for side in (user, "bob"):
            self.sides[side].wait_event("transfer-done", id=transfer)
        self.assertEqual(self.sides["bob"].events("transfer-offer", id=transfer), [])
        self.assert_arrived(self.sources / user / name)

    def assert_refused(self, path, user, code):
        transfer = self.send(path, user=user)
        self.assertEqual(self.sides[user].wait_event("transfer-failed", id=transfer)["code"], code)
        self.assertEqual(self.sides["bob"].events("transfer-offer", id=transfer), [])

    def test_known_takes_files_of_those_who_were_met_before_this_start(self):
        self.start_bob("accept-files = known")
        self.join("ann")
        waiting = self.assert_asked("first", "ann")
        bob = self.bob_starts_again()
        # What he was asked before is still his to decide.
        bob.wait_event("transfer-offer", id=waiting, user="ann")
        self.assert_taken("second", "ann")
        self.join("cyd")
        self.assert_asked("third", "cyd")
        self.assert_downloads("second")

    def test_verified_takes_files_of_those_whose_key_somebody_has_verified(self):
        self.start_bob("accept-files = verified")
        self.join("ann", "cyd")
        self.bob_starts_again()  # To have been met is not enough.
        self.assert_asked("first", "ann")
        verified = self.run_peer("bob", self.server, "verify", "--accept", "ann")
        self.assertEqual(verified.code, 0, verified)
        self.assert_taken("second", "ann")
        self.assert_asked("third", "cyd")
        self.bob_starts_again()
        self.assert_taken("fourth", "ann")
        self.assert_downloads("fourth", "second")

    def test_each_user_may_have_a_policy_of_his_own(self):
        self.start_bob("accept-files = none", "accept-files = ann:all", "accept-files = cyd:ask", "max-files = ann:2",
                       "max-size = 1M", "max-size = cyd:1K")
        self.join("ann", "cyd", "dan")
        self.assert_taken("first", "ann")
        folder = make_tree(self.sources / "folder", {"1": 1, "2": 1, "3": 1})
        self.assert_refused(folder, "ann", "too-many")
        self.assert_asked("second", "cyd")
        large = make_file(self.sources / "large", 2000)
        self.assert_refused(large, "cyd", "too-large")
        self.assert_refused(large, "dan", "refused")
        self.assert_downloads("first")


if __name__ == "__main__":
    unittest.main()

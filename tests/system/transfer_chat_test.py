# ctest: timeout=300
"""Chat beside transfers that take all there is of a link."""

import os
import statistics
import unittest

from support.programs import parse_event, sanitized
from support.transfers import MIB, TransferTest, make_file

SIZE_MIB = 64 if sanitized() else 256  # So large that none of them ends within the round trips.
ROUND_TRIPS = 21

# What has to get past a hundred megabytes on their way takes seconds if it waits its turn. Else it takes a few
# milliseconds, or with sanitizers a tenth of a second, on two busy cores: a machine may be much slower than that.
MEDIAN_MS_MAX = 2000 if sanitized() else 300


class ChatBesideTransfers(TransferTest):
    def round_trip_ms(self):
        since = self.sides["ann"].mark()
        self.sides["ann"].say("/ping bob")
        return self.sides["ann"].wait_event("ping", since, user="bob")["round_trip_us"] / 1000

    def round_trips(self):
        return [self.round_trip_ms() for _ in range(ROUND_TRIPS)]

    @staticmethod
    def wait_content(side, transfer):
        def has_content(which, text, _):
            event = parse_event(text) if which == "out" else None
            return event and event.get("id") == transfer and event.get("bytes_done", 0) > 0
        side.wait(f"content of {transfer}", has_content)

    def test_a_round_trip_does_not_wait_for_what_four_transfers_have_queued(self):
        ann, bob = self.start_pair()
        idle = self.round_trips()
        first = make_file(self.sources / "0", SIZE_MIB * MIB)
        for name in "123":
            os.link(first, self.sources / name)
        transfers = []
        for name in "0123":
            ann.say(f"/send bob {self.sources / name}")
        for name in "0123":
            transfers.append(ann.wait_event("transfer-progress", direction="sending", name=name)["id"])
        for transfer in transfers:
            self.wait_content(bob, transfer)
        busy = self.round_trips()
        print(f"round trips in ms: idle {statistics.median(idle)}, busy {statistics.median(busy)}", flush=True)
        self.assertEqual(bob.events("transfer-done"), [], "they were to run all the time")
        self.assertLess(statistics.median(busy), MEDIAN_MS_MAX, sorted(busy))
        since = ann.tell("bob", "still there?")
        ann.wait_delivered("bob", since)


if __name__ == "__main__":
    unittest.main()

# ctest: timeout=300
"""Files with holes, between real peers: their holes take no time, and no room at the receiver."""

import os
import random
import shutil
import unittest

from support.transfers import MIB, TransferTest, parts, wait_until

ISLAND = 4 * MIB


def stretches(file):
    """Where there is data in an open file: (begin, end)."""
    size, at, result = os.fstat(file.fileno()).st_size, 0, []
    while at < size:
        try:
            begin = os.lseek(file.fileno(), at, os.SEEK_DATA)
        except OSError:
            break
        at = os.lseek(file.fileno(), begin, os.SEEK_HOLE)
        result.append((begin, at))
    return result


class SparseFiles(TransferTest):
    def make_image(self):
        """Larger than there is room for on the disk, with three islands of data."""
        path = self.sources / "image"
        size = shutil.disk_usage(self.sources).free + 20 * 1024 * MIB + 77
        source = random.Random(1)
        with open(path, "wb") as file:
            file.truncate(size)
            for place in (0.1, 0.5, 0.99):
                file.seek(int(size * place))
                file.write(source.randbytes(ISLAND))
        if path.stat().st_blocks * 512 > 8 * ISLAND:
            self.skipTest("this file system keeps no holes")
        return path

    def assert_same_data(self, sent, got):
        self.assertEqual(parts(self.downloads), [])
        self.assertEqual((sent.stat().st_size, sent.stat().st_mtime_ns), (got.stat().st_size, got.stat().st_mtime_ns))
        with open(sent, "rb") as one, open(got, "rb") as other:
            for begin, end in stretches(one) + stretches(other):
                data = [os.pread(file.fileno(), end - begin, begin) for file in (one, other)]
                self.assertTrue(data[0] == data[1], f"what stands from {begin} to {end}")
        self.assertLess(got.stat().st_blocks * 512, 4 * ISLAND)

    def bytes_moved(self, user):
        """What the program has read and written since its start, the kernel's own work not counted."""
        with open(f"/proc/{self.sides[user].pid}/io", encoding="ascii") as rows:
            counts = dict(row.split(": ") for row in rows)
        return int(counts["rchar"]) + int(counts["wchar"])

    def test_an_image_larger_than_the_disk_arrives_sparse(self):
        self.start_pair(bob=("--max-size", "2T"))
        image = self.make_image()
        self.wait_done(self.send(image))
        self.assert_same_data(image, self.downloads / "image")
        for user in self.sides:
            self.assertLess(self.bytes_moved(user), 8 * ISLAND)

    def test_an_image_goes_on_where_either_side_was_killed(self):
        self.start_pair(ann=("--limit", "2M"), bob=("--max-size", "2T"))
        image = self.make_image()
        transfer = self.send(image)

        def arrived():
            rows = [path.stat() for path in self.downloads.iterdir() if path.is_file()]
            return sum(row.st_blocks for row in rows) * 512
        for user, count in (("bob", ISLAND + MIB), ("ann", 2 * ISLAND + MIB)):
            wait_until(lambda n=count: arrived() > n, f"{count} bytes")
            self.start_again(user, online=False)
        self.wait_done(transfer)
        self.assert_same_data(image, self.downloads / "image")
        for user in self.sides:
            self.assertLess(self.bytes_moved(user), 12 * ISLAND)


if __name__ == "__main__":
    unittest.main()

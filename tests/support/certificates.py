"""Keys and certificates made by the openssl command line: good ones and odd ones."""

import base64
import hashlib
import subprocess
import tempfile
from pathlib import Path


def openssl(*arguments, data=b""):
    done = subprocess.run(["openssl", *[str(a) for a in arguments]], input=data, capture_output=True, check=False)
    if done.returncode != 0:
        raise AssertionError(f"openssl {arguments[0]}: {done.stderr.decode()}")
    return done.stdout


class Identity:
    """A key pair with a self-signed certificate, kept as files in `folder`.

    algorithm: "ed25519", or "rsa" for a certificate that hobnob does not accept. days: -1 makes an expired one.
    """

    def __init__(self, folder, name="x", algorithm="ed25519", days=3650):
        folder = Path(tempfile.mkdtemp(prefix="identity-", dir=folder))
        self.key_file, self.certificate_file = folder / "key.pem", folder / "certificate.pem"
        openssl("genpkey", "-algorithm", algorithm, "-out", self.key_file)
        request = openssl("req", "-new", "-key", self.key_file, "-subj", f"/CN={name}")
        self.certificate_file.write_bytes(
            openssl("x509", "-req", "-signkey", self.key_file, "-days", days, data=request))
        self.public_key = openssl("pkey", "-in", self.key_file, "-pubout", "-outform", "DER")[-32:]
        self.fingerprint = fingerprint_of(self.public_key)

    @property
    def fingerprint_bytes(self):
        return hashlib.sha256(self.public_key).digest()

    def sign(self, data):
        """An Ed25519 signature (RFC 8032)."""
        with tempfile.NamedTemporaryFile(dir=self.key_file.parent) as file:
            file.write(data)
            file.flush()
            return openssl("pkeyutl", "-sign", "-inkey", self.key_file, "-rawin", "-in", file.name)


def fingerprint_of(public_key):
    return base64.b32encode(hashlib.sha256(public_key).digest()).decode().rstrip("=").lower()

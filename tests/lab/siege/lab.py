"""A hub in a container, hubgate on it, and what a test wants to know of both."""

import json
import os
import secrets
import shutil
import stat
import subprocess
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parents[2]
LAB = str(HERE.parent / "container" / "lab")
CONFIG = "/opt/tljh/config"
STATE = "/var/lib/hubgate"
CERTIFICATE = "/etc/hubgate-lab/hub.example.org"
CLIENT_ID = "3n4b5urk1ft4fl3mg5e62d9ado"
ANSWERS = f"""[hub]
url = "https://hub.example.org"
admins = ["ada"]
[https]
mode = "certificate"
cert = "{CERTIFICATE}.crt"
key = "{CERTIFICATE}.key"
[cognito]
domain = "my-hub.auth.eu-west-1.amazoncognito.com"
client_id = "{CLIENT_ID}"
client_secret = "file:/root/cognito.secret"
[access]
allow = "users"
users = ["grace"]
"""


class Wrong(Exception):
    """A hub or hubgate is not as it should be."""


class Ended:
    """What a command in the container said, and how it ended."""

    def __init__(self, status, out, err):
        self.status, self.out, self.err = status, out, err

    def __str__(self):
        return f"exit {self.status}\n{self.out}{self.err}"

    def must(self, status, *words):
        """Fails unless it ended so and said these words."""
        if self.status != status:
            raise Wrong(f"expected exit {status}, got {self}")
        for word in words:
            if word not in self.out + self.err:
                raise Wrong(f"expected to see {word!r} in {self}")
        return self


class Lab:
    """One container; it goes when the test goes, however that ends."""

    def __init__(self, name, binary):
        self.name = f"{name}-{os.getpid()}"
        self.secret = secrets.token_hex(26)
        self.folder = Path(tempfile.mkdtemp())
        os.chmod(self.folder, 0o755)
        shutil.copy(PROJECT / "fixtures" / "standin" / "users.toml", self.folder)
        subprocess.run(["strip", "-o", self.folder / "hubgate", binary], check=True)
        binds = ["--bind", f"{self.folder}:/mnt/files", "--bind", f"{self.folder}/hubgate:/usr/local/bin/hubgate"]
        self.process = subprocess.Popen(
            [LAB, "run", self.name, *binds], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        ready = self.process.stdout.readline().split()
        if not ready:
            raise Wrong(f"the container {self.name} does not boot")
        self.pid = int(ready[1])
        self.root = Path(f"/proc/{self.pid}/root")
        self.write("/root/cognito.secret", self.secret.encode(), 0o600)
        self.write("/root/hubgate.toml", ANSWERS.encode())

    def start_sooner(self):
        """Takes out what checks one of jsonschema's formats: its grammar is half of every start of the hub's Python."""
        self.shell("rm -r /opt/tljh/hub/lib/python3.*/site-packages/{lark,rfc3987_syntax}{,-*}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()
        shutil.rmtree(self.folder)

    def cognito(self, *arguments):
        """(Re)starts the stand-in, with these more arguments."""
        own = ["--users", "/mnt/files/users.toml", "--client-id", CLIENT_ID, "--client-secret-file", "/root/cognito.secret"]
        hub = ["--callback", "https://hub.example.org/hub/oauth_callback", "--sign-out", "https://hub.example.org/"]
        subprocess.run([LAB, "cognito", self.name, *own, *hub, *arguments], check=True)

    def reset(self):
        """The hub as it came up, and the stand-in without faults."""
        subprocess.run([LAB, "reset", self.name], check=True)
        self.cognito()

    def run(self, *command, timeout=180, **environment):
        """Runs a command as root, with this more environment."""
        return ended(self.start(*command, **environment), timeout)

    def start(self, *command, **environment):
        """The same, without waiting for its end."""
        with_environment = ["env", *(f"{name}={value}" for name, value in environment.items())] if environment else []
        return subprocess.Popen(
            [LAB, "exec", self.name, *with_environment, *command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def hubgate(self, *arguments, **environment):
        """Runs hubgate; `apply` and `verify` with the answers in /root/hubgate.toml."""
        answers = ["--answers", "/root/hubgate.toml"] if arguments[0] in ("apply", "verify") else []
        return self.run("hubgate", *arguments, *answers, **environment)

    def shell(self, script, **environment):
        """Runs bash, and is sure that it went well."""
        return self.run("bash", "-euc", script, **environment).must(0).out

    def plan(self):
        """The steps that apply would take, as its JSON has them."""
        return json.loads(self.hubgate("apply", "--dry-run", "--json").must(0).out)["plan"]["steps"]

    def write(self, path, content, mode=0o644):
        """Puts a file there, root's."""
        target = self.root / path.lstrip("/")
        target.write_bytes(content)
        target.chmod(mode)

    def read(self, path):
        """A file's bytes."""
        return (self.root / path.lstrip("/")).read_bytes()

    def exists(self, path):
        """Is there such a file?"""
        return (self.root / path.lstrip("/")).exists()

    def files(self):
        """Everything in the hub's configuration: path to mode, owner and bytes.

        Not the empty lock that tljh-config itself makes and leaves: to remove it is to break it for another.
        """
        top = self.root / CONFIG.lstrip("/")
        seen = {}
        for path in [top, *sorted(top.rglob("*"))]:
            if path.name == "config.yaml.lock":
                continue
            at = path.lstat()
            content = path.read_bytes() if stat.S_ISREG(at.st_mode) else None
            seen[str(path.relative_to(top))] = (oct(at.st_mode), at.st_uid, at.st_gid, content)
        return seen

    def first_use_login(self):
        """Somebody logs in with a password."""
        self.run("lab-login", "first-use").must(0)

    def cognito_login(self):
        """An admin and a user log in through the stand-in, and a stranger cannot."""
        self.run("lab-login", "cognito").must(0)

    def nothing_left(self):
        """No open run, no copies beside the files, no processes."""
        left = [path for path in (f"{STATE}/open", f"{STATE}/preflight") if self.exists(path)]
        left += [name for name in self.files() if ".hubgate-" in name]
        left += self.run("pgrep", "-af", "sleep 1000|tljh-config|bin/hubgate (apply|rollback)").out.splitlines()
        if left:
            raise Wrong(f"left behind: {left}")


def ended(process, timeout=180):
    """Waits for a command."""
    try:
        out, err = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        out, err = process.communicate()
        raise Wrong(f"no end after {timeout} s:\n{out}{err}") from None
    return Ended(process.returncode, out, err)


def differences(one, other):
    """What is not the same in two looks at the files; never what is in them."""
    names = sorted(name for name in {*one, *other} if one.get(name) != other.get(name))
    return [f"{name}: {(one.get(name) or ['absent'])[0]} -> {(other.get(name) or ['absent'])[0]}" for name in names]

"""What is left elsewhere on a hub and lets in others than the answers say: apply refuses, and touches nothing.

It names the setting, its place and what takes it out; with --take-over it takes it out itself, and rollback brings
it back.
"""

import sys
from dataclasses import dataclass

from lab import CONFIG, Lab, Wrong, differences

CLASS = "auth.GenericOAuthenticator"
FILE = f"{CONFIG}/jupyterhub_config.d/zz-left.py"
DROP_IN = "/etc/systemd/system/jupyterhub.service.d"


@dataclass
class Left:
    """Something that is left: how it comes there, and the words that name it and what mends it."""

    what: str
    script: str
    words: tuple


LEFT = [
    Left(
        "allow_all for the class in config.yaml",
        f"tljh-config set {CLASS}.allow_all true",
        (f"config.yaml: {CLASS}.allow_all", f"sudo tljh-config unset {CLASS}.allow_all"),
    ),
    Left(
        "people for the class in config.yaml",
        f"tljh-config add-item {CLASS}.allowed_users mallory; tljh-config add-item {CLASS}.admin_users mallory",
        (
            f"config.yaml: {CLASS}.allowed_users",
            f"sudo tljh-config unset {CLASS}.allowed_users",
            f"config.yaml: {CLASS}.admin_users",
            f"sudo tljh-config unset {CLASS}.admin_users",
        ),
    ),
    Left(
        "allow_all for every login in another file",
        f"printf '# Of a colleague.\\nc.Authenticator.allow_all = True\\n' > {FILE}",
        (f"{FILE}, line 2: Authenticator.allow_all",),
    ),
    Left(
        "a variable in a drop-in",
        # What a file takes from the unit's environment; what hubgate's own file sets, no variable changes.
        f"""mkdir -p {DROP_IN}
        printf '[Service]\\nEnvironment=EVERYBODY=yes OAUTH2_TOKEN_URL=https://other.example.org/token\\n' > {DROP_IN}/left.conf
        systemctl daemon-reload
        printf 'import os\\n\\nc.OAuthenticator.allow_all = os.environ.get("EVERYBODY") == "yes"\\n' > {FILE}""",
        (f"{FILE}, line 3: OAuthenticator.allow_all",),
    ),
]


def state(lab):
    """What a refusal leaves as it is: the files, and the hub that runs."""
    return lab.files(), lab.run("systemctl", "show", "--property=MainPID", "jupyterhub", "traefik").must(0).out


def is_refused(lab, left):
    """apply ends in 1, says whose fault it is and what mends it, and nothing is touched."""
    before, running = state(lab)
    lab.hubgate("apply").must(1, *left.words)
    after, runs = state(lab)
    if differences(before, after) or running != runs:
        raise Wrong(f"touched: {differences(before, after)} {running} {runs}")
    lab.nothing_left()


def is_taken_over(lab):
    """With --take-over the answers hold; after rollback every byte is back."""
    before = lab.files()
    lab.hubgate("apply", "--take-over").must(0, "done: people log in at https://hub.example.org with AWS Cognito")
    lab.cognito_login()
    lab.hubgate("rollback").must(0, "restored: the hub is as it was before the last apply")
    if differences(before, lab.files()):
        raise Wrong(f"not as before: {differences(before, lab.files())}")
    lab.nothing_left()


def main(binary):
    with Lab("who", binary) as lab:
        lab.cognito()
        for left in LEFT:
            lab.reset()
            lab.shell(left.script)
            is_refused(lab, left)
            print(f"ok  {left.what}: refused, named, and nothing touched", flush=True)
            is_taken_over(lab)
            print(f"ok  {left.what}: taken over, ada, grace and no mallory; rolled back to the byte", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

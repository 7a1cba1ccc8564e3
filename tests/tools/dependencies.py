"""Checks what the binary is made of against deny.toml: licences, sources, banned and doubled crates.

cargo-deny reads the same file and checks more (known vulnerabilities among it), but takes minutes to
build and a database from elsewhere; this takes a second. `cargo deny check` is for people.
"""

import json
import re
import subprocess
import sys

try:
    import tomllib
except ImportError:
    import tomli as tomllib

TARGET = "x86_64-unknown-linux-gnu"


def allowed(expression, licences):
    """Whether an SPDX expression can be fulfilled with these licences."""
    words = re.findall(r"\(|\)|[^\s()]+", expression.replace("/", " OR "))
    python = []
    index = 0
    while index < len(words):
        word = words[index]
        if word in ("AND", "OR"):
            python.append(word.lower())
        elif word in ("(", ")"):
            python.append(word)
        elif index + 2 < len(words) and words[index + 1] == "WITH":
            python.append(str(" ".join(words[index : index + 3]) in licences))
            index += 2
        else:
            python.append(str(word in licences))
        index += 1
    return eval(" ".join(python), {"__builtins__": {}})


def main():
    with open("deny.toml", "rb") as file:
        rules = tomllib.load(file)
    command = ["cargo", "metadata", "--format-version=1", "--locked", "--filter-platform", TARGET]
    metadata = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    packages = {package["id"]: package for package in metadata["packages"]}

    # What ends up in the binary: dependencies and build dependencies, not those of the tests.
    reached, todo = set(), [metadata["resolve"]["root"]]
    while todo:
        current = todo.pop()
        if current in reached:
            continue
        reached.add(current)
        for dependency in nodes[current]["deps"]:
            if any(kind["kind"] != "dev" for kind in dependency["dep_kinds"]):
                todo.append(dependency["pkg"])

    licences = set(rules["licenses"]["allow"])
    for exception in rules["licenses"].get("exceptions", []):
        for package in packages.values():
            if package["name"] == exception["crate"]:
                package["extra"] = set(exception["allow"])
    banned = {ban["crate"]: ban.get("reason", "") for ban in rules["bans"]["deny"]}
    faults = []
    names = {}
    for identity in sorted(reached):
        package = packages[identity]
        name = f"{package['name']} {package['version']}"
        names.setdefault(package["name"], set()).add(package["version"])
        if not allowed(package["license"] or "none", licences | package.get("extra", set())):
            faults.append(f"{name}: its licence is {package['license']}")
        if package["source"] and not package["source"].startswith("registry+"):
            faults.append(f"{name}: it comes from {package['source']}")
        if package["name"] in banned:
            faults.append(f"{name}: {banned[package['name']]}")
    skipped = {skip["crate"].split("@")[0] for skip in rules["bans"].get("skip", [])}
    for name, versions in names.items():
        if len(versions) > 1 and name not in skipped:
            faults.append(f"{name} is there in versions {', '.join(sorted(versions))}")
    for fault in faults:
        print(fault)
    print(f"{len(reached)} crates in the binary, {len(faults)} faults")
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()

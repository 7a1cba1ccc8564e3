"""Load a hub's settings as the hub would, and say who gets in, and which setting comes from where.

Run by the hub's own Python, with TLJH_INSTALL_PREFIX pointing at the settings, or at a copy of them. The other
scripts of this folder go before it, and after it a call of `main` with what is asked, in JSON. Prints one line of
JSON; docs and shape: src/tljh/look.
"""

import asyncio
import json
import logging
import os
import re
import sys


class Keep(logging.Handler):
    """Keeps what is logged from warnings on."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self.messages = []
        self.of_start = None

    def started(self):
        """What comes now is of the logins that are played, and no warning of the hub's."""
        self.of_start = len(self.messages)

    def emit(self, record):
        text = record.getMessage()
        if record.exc_info and record.exc_info[1] is not None:
            text += ": %s: %s" % (record.exc_info[0].__name__, record.exc_info[1])
        self.messages.append({"text": text, "places": []})


class Stops(Exception):
    """Why the hub ends at its start, with the places of the setting."""


def described(error, keep):
    """Say what went wrong and, for an error in a settings file, where."""
    if isinstance(error, SyntaxError):
        place = {"kind": "file", "file": error.filename, "line": error.lineno}
        return {"text": error.msg, "places": [place]}
    if isinstance(error, Stops):
        return {"text": error.args[0], "places": error.args[1]}
    folder = os.path.join(os.environ["TLJH_INSTALL_PREFIX"], "config", "")
    trace, places = error.__traceback__, []
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename
        if name.startswith(folder):
            places = [{"kind": "file", "file": name, "line": trace.tb_lineno}]
        trace = trace.tb_next
    if isinstance(error, SystemExit):
        # With a number alone, what it said before is the reason.
        said = keep.messages[-1]["text"] if isinstance(error.code, int) and keep.messages else error.code
        return {"text": "it ends: %s" % said, "places": places}
    return {"text": "%s: %s" % (type(error).__name__, error), "places": places}


def config_yaml():
    """Return config.yaml as a document; an absent or empty one says nothing."""
    from ruamel.yaml import YAML

    path = os.path.join(os.environ["TLJH_INSTALL_PREFIX"], "config", "config.yaml")
    if not os.path.exists(path):
        return {}
    with open(path, encoding="utf-8") as file:
        return YAML(typ="safe", pure=True).load(file) or {}


def load(app, keep, asked):
    import tljh

    app.log.handlers = [keep]
    app.log.propagate = False
    app.raise_config_file_errors = True
    arguments = [word for word in asked.get("arguments", []) if re.match(r"--\w+\.\w", word)]
    if arguments:
        app.parse_command_line(arguments)
    folder = os.path.dirname(tljh.__file__)
    app.load_config_file(os.path.join(folder, "jupyterhub_config.py"))
    return folder


def place_warnings(messages, origins, authenticator):
    """Give a warning of an option the places that set it."""
    for message in messages:
        found = re.search(r"(?:option `|\.)(\w+)(?:` not recognized| is deprecated)", message["text"])
        if found and authenticator is not None:
            places, _ = origins.of(authenticator, found.group(1))
            message["places"] = places + origins.beaten(authenticator, found.group(1), places)


def class_told(cls):
    names = ["%s.%s" % (one.__module__, one.__name__) for one in cls.__mro__ if hasattr(one, "section_names")]
    return {"name": names[0], "parents": names[1:], "is_own": not is_known_class(cls)}


class Look:
    """What is said; whatever is known stays in it when a later step fails."""

    def __init__(self, keep):
        self.keep = keep
        self.said = {"class": None, "errors": [], "settings": [], "belongs_to_nobody": [], "hooks": []}
        self.said.update(schema=None, database=None, people=[], named=[])
        self.secrets = set()
        self.origins = None
        self.authenticator = None

    def take(self, asked):
        from jupyterhub.app import JupyterHub

        document = config_yaml()
        self.said["schema"] = schema(document)
        app = JupyterHub()
        folder = load(app, self.keep, asked)
        self.origins = origins = Origins(app, folder, document)
        self.collect_secrets(app.config)
        foreign = Foreign(Own(asked.get("own")))
        self.said["hooks"] = foreign.hooks
        self.authenticator = authenticator = app.authenticator_class(parent=app)
        places, _ = origins.of(app, "authenticator_class")
        self.said["class"] = dict(class_told(type(authenticator)), places=places)
        self.secrets.add(str(getattr(authenticator, "client_secret", "")))
        self.said["settings"] = settings_of(origins, app, authenticator)
        self.said["belongs_to_nobody"] = belongs_to_nobody(origins, app, authenticator)
        if current(authenticator, "enable_auth_state") is True:
            self.need_a_key(app)
        foreign.look_at_methods(authenticator)
        foreign.look_at_handlers(authenticator)
        foreign.look_at_values(authenticator, lambda name: first(origins.of(authenticator, name)[0]))
        self.said["hooks"] += hooks_of_spawners(origins, app)
        door = Door(app, authenticator, foreign, asked)
        self.said["database"] = {
            "unread": door.unread,
            "users": [{"name": name, "admin": admin} for name, admin in sorted(door.users.items())],
        }
        self.said["people"], self.said["named"] = asyncio.run(play_all(door, asked, self.keep))

    def need_a_key(self, app):
        """The hub ends at its start where it is to keep what it cannot encrypt."""
        from jupyterhub.crypto import CryptKeeper

        try:
            CryptKeeper.instance(parent=app).check_available()
        except Exception as error:
            places, _ = self.origins.of(self.authenticator, "enable_auth_state")
            raise Stops("enable_auth_state is on, and the hub cannot encrypt: %s" % error, places) from None

    def collect_secrets(self, config):
        for name, value in config.items():
            if isinstance(value, Config):
                self.collect_secrets(value)
            elif is_secret(name) and isinstance(value, (str, bytes)):
                self.secrets.add(value.decode("utf-8", "replace") if isinstance(value, bytes) else value)

    def answer(self):
        messages = self.keep.messages[: self.keep.of_start]
        if self.origins is not None:
            place_warnings(messages, self.origins, self.authenticator)
        text = json.dumps(dict(self.said, warnings=messages), default=str)
        self.secrets.add(os.environ.get("OAUTH_CLIENT_SECRET", ""))
        for secret in sorted(self.secrets, key=len, reverse=True):
            # The shorter ones are words of every text.
            if len(secret) >= 8:
                text = text.replace(json.dumps(secret)[1:-1], "[secret]")
        return text


def first(items):
    return items[0] if items else None


def main(asked):
    keep = Keep()
    look = Look(keep)
    out = os.fdopen(os.dup(1), "w")
    # What a settings file prints, or a program that it starts, is not the answer.
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    sys.path[0] = asked["state"]
    watch()
    try:
        look.take(asked)
    except (Exception, SystemExit, NotRun) as error:
        look.said["errors"].append(described(error, keep))
    out.write(look.answer() + "\n")
    out.flush()

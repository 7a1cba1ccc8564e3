"""Code that is neither JupyterHub's, oauthenticator's nor hubgate's, where it could take part in a login.

None of it is run: it gives way to something that says so when a login would get there.
"""

import hashlib
import os
import sys

import jupyterhub
import oauthenticator
import tornado
import traitlets
from traitlets import EventHandler, TraitType
from traitlets.config import Configurable

KNOWN = tuple(
    os.path.join(os.path.dirname(package.__file__), "") for package in (jupyterhub, oauthenticator, tornado, traitlets)
)
# What decides without being called while a login is played.
UNSEEN = {
    "get_handlers",
    "login_url",
    "login_handler",
    "callback_handler",
    "__getattribute__",
    "__getattr__",
    "__setattr__",
}
PLAIN = {"__module__", "__doc__", "__qualname__", "__dict__", "__weakref__", "__init__", "__firstlineno__"}


class NotRun(BaseException):
    """A login got to code that is not run. No `except Exception` may swallow it."""


class Own:
    """hubgate's own rendered file, whose functions are known."""

    def __init__(self, asked):
        self.path = None
        if asked and os.path.isfile(asked["path"]):
            with open(asked["path"], "rb") as file:
                if hashlib.sha256(file.read()).hexdigest() == asked["sha256"]:
                    self.path = os.path.realpath(asked["path"])


def code_of(value):
    """Return the code object behind a function, a method, a partial …; None where there is none."""
    for _ in range(8):
        if isinstance(value, (staticmethod, classmethod)):
            value = value.__func__
        elif isinstance(value, property):
            value = value.fget
        elif hasattr(value, "__wrapped__"):
            value = value.__wrapped__
        elif hasattr(value, "__func__"):
            value = value.__func__
    return getattr(value, "__code__", None)


def place_of(code):
    if code is None:
        return None
    return {"kind": "file", "file": code.co_filename, "line": code.co_firstlineno}


def is_known(value, own=None):
    code = code_of(value)
    if code is None:
        # Written in C, or an object with __call__: a type's is asked instead.
        call = getattr(type(value), "__call__", None)
        return getattr(call, "__code__", None) is None and isinstance(value, type(len))
    name = code.co_filename
    return name.startswith(KNOWN) or (own is not None and own.path is not None and os.path.realpath(name) == own.path)


def is_known_class(cls):
    # What a settings file defines says that it is of `builtins`.
    module = sys.modules.get(getattr(cls, "__module__", None) or "")
    package = getattr(module, "__name__", "").split(".")[0]
    known = package in ("jupyterhub", "oauthenticator", "tornado", "traitlets", "builtins")
    return known and getattr(module, cls.__name__, None) is cls


def not_run(what):
    def refuse(*args, **kwargs):
        raise NotRun("%s is code of this hub's own, which is not run" % what)

    return refuse


class Foreign:
    """What was found: `hooks` to tell, `blocking` is why no login can be played at all."""

    def __init__(self, own):
        self.own = own
        self.hooks = []
        self.blocking = None

    def found(self, what, place):
        if not any(hook["what"] == what for hook in self.hooks):
            self.hooks.append({"what": what, "place": place})

    def block(self, what):
        self.blocking = self.blocking or "%s is code of this hub's own, which is not run" % what

    def look_at_methods(self, authenticator):
        """Put something else in the place of each method that is not the packages' own."""
        taken = set()
        for cls in type(authenticator).__mro__:
            if cls in (Configurable, object):
                break
            for name, value in vars(cls).items():
                if name in taken:
                    continue
                taken.add(name)
                self.look_at_member(authenticator, cls, name, value)
        for name, value in list(vars(authenticator).items()):
            if callable(value) and not name.startswith("_") and not is_known(value):
                self.replace(authenticator, type(authenticator), name, value)

    def look_at_member(self, authenticator, cls, name, value):
        if name in PLAIN and not (name == "__init__" and not is_known_class(cls)):
            return
        if isinstance(value, type):
            if not is_known_class(value) and name.endswith("_handler"):
                self.found("%s.%s" % (cls.__name__, name), place_of(first_code(value)))
                self.block("%s.%s" % (cls.__name__, name))
            return
        # What traitlets calls when a setting is set has run already, as it does at the hub's start.
        if isinstance(value, (TraitType, EventHandler)) or not (callable(value) or isinstance(value, WRAPPERS)):
            return
        if is_known(value):
            return
        if name == "__init__":
            self.found("%s.__init__" % cls.__name__, place_of(code_of(value)))
            return
        self.replace(authenticator, cls, name, value)

    def replace(self, authenticator, cls, name, value):
        what = "%s.%s" % (cls.__name__, name)
        self.found(what, place_of(code_of(value)))
        if name in UNSEEN or isinstance(value, property):
            self.block(what)
        else:
            vars(authenticator)[name] = not_run(what)

    def look_at_values(self, authenticator, origin):
        """The same with functions that are the value of a setting, such as post_auth_hook."""
        for name, trait in authenticator.traits(config=True).items():
            value = authenticator._trait_values.get(name)
            if value is None or not callable(value) or isinstance(value, type) or is_known(value, self.own):
                continue
            self.found(name, origin(name) or place_of(code_of(value)))
            # Not through the trait: that would tell others of the change.
            authenticator._trait_values[name] = not_run(name)

    def look_at_handlers(self, authenticator):
        for name in ("login_handler", "callback_handler"):
            handler = getattr(authenticator, name, None)
            for cls in getattr(handler, "__mro__", ()):
                for member, value in vars(cls).items():
                    if callable(value) and code_of(value) is not None and not is_known(value):
                        self.found("%s.%s" % (cls.__name__, member), place_of(code_of(value)))
                        self.block("%s.%s" % (cls.__name__, member))


WRAPPERS = (staticmethod, classmethod, property)


def first_code(cls):
    codes = [code_of(value) for value in vars(cls).values()]
    return next((code for code in codes if code is not None), None)

"""Where each setting of a hub comes from: remembered while its files are executed.

Every section of settings keeps, beside its values, the place of each: traitlets' own merging then carries the
places along, and what wins is asked of traitlets and not worked out again.
"""

import os
import sys

import traitlets
from traitlets.config.loader import Config, LazyConfigValue, PyFileConfigLoader

TRAITLETS = os.path.dirname(traitlets.__file__)
PLACES = "__places__"
quiet = [0]
# Which section a value belongs to that is made up of what files add to it; kept, so that no id is used twice.
lazy_values = {}
# The files of settings, in their order.
loaded = []


def places_of(config):
    """Return the places of a section's values: name -> list of places, the last of which decides."""
    return vars(config).setdefault(PLACES, {})


def here():
    """Return the line that is being executed, outside of traitlets and of this script."""
    frame = sys._getframe(1)
    while frame is not None:
        name = frame.f_code.co_filename
        if not name.startswith("<") and not name.startswith(TRAITLETS):
            return {"file": name, "line": frame.f_lineno}
        frame = frame.f_back
    return {"file": None, "line": None}


def note(config, key, value):
    if not quiet[0] and not isinstance(value, Config):
        places_of(config)[key] = [here()]


def quietly(call, *args, **kwargs):
    quiet[0] += 1
    try:
        return call(*args, **kwargs)
    finally:
        quiet[0] -= 1


def changing(name):
    """Wrap a method of Config that sets values past `__setitem__`."""
    original = getattr(Config, name)

    def method(self, *args, **kwargs):
        before = dict(self)
        result = original(self, *args, **kwargs)
        for key in list(self):
            if key not in before or before[key] is not self[key]:
                note(self, key, self[key])
        return result

    setattr(Config, name, method)


def wrap_config():
    set_item, get_item = Config.__setitem__, Config.__getitem__
    merge, copy, deep_copy = Config.merge, Config.copy, Config.__deepcopy__

    def on_set(self, key, value):
        set_item(self, key, value)
        note(self, key, value)

    def on_get(self, key):
        value = get_item(self, key)
        if isinstance(value, LazyConfigValue) and id(value) not in lazy_values:
            lazy_values[id(value)] = (value, self, key)
        return value

    def on_merge(self, other):
        mine = places_of(self)
        theirs = places_of(other) if isinstance(other, Config) else {}
        for key, value in other.items():
            if isinstance(value, Config):
                continue
            if isinstance(value, LazyConfigValue):
                earlier = mine.get(key, []) if key in self else []
                mine[key] = earlier + theirs.get(key, [])
            else:
                mine[key] = list(theirs.get(key) or [here()])
        quietly(merge, self, other)

    def on_copy(self):
        new = quietly(copy, self)
        places_of(new).update({key: list(found) for key, found in places_of(self).items()})
        return new

    def on_deep_copy(self, memo):
        new = quietly(deep_copy, self, memo)
        places_of(new).update({key: list(found) for key, found in places_of(self).items()})
        return new

    Config.__setitem__, Config.__getitem__ = on_set, on_get
    Config.merge, Config.copy, Config.__deepcopy__ = on_merge, on_copy, on_deep_copy
    for name in ("update", "setdefault", "__ior__"):
        if hasattr(Config, name):
            changing(name)


def adding(name):
    """Wrap a method by which a file adds to a value that it does not set."""
    original = getattr(LazyConfigValue, name)

    def method(self, *args, **kwargs):
        _, config, key = lazy_values.get(id(self), (None, None, None))
        if config is not None and not quiet[0]:
            places_of(config).setdefault(key, []).append(here())
        return quietly(original, self, *args, **kwargs)

    setattr(LazyConfigValue, name, method)


def wrap_loader():
    load = PyFileConfigLoader.load_config

    def on_load(self):
        config = load(self)
        loaded.append(self.full_filename)
        fill(config, {"file": self.full_filename, "line": None})
        return config

    PyFileConfigLoader.load_config = on_load


def fill(config, place):
    """Give the file to what was set in a way that nobody saw."""
    for key, value in config.items():
        if isinstance(value, Config):
            fill(value, place)
        elif key not in places_of(config) and not isinstance(value, LazyConfigValue):
            places_of(config)[key] = [place]


def name_sections(config, path=()):
    """Write on each place the section that it sets; traitlets' merging keeps it."""
    for key, value in config.items():
        if isinstance(value, Config):
            name_sections(value, path + (key,))
        else:
            for place in places_of(config).get(key, []):
                place["section"] = ".".join(path)
                place["name"] = key


def watch():
    wrap_config()
    for name in ("append", "extend", "prepend", "insert", "update", "add"):
        adding(name)
    wrap_loader()

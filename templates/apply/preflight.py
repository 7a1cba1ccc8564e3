"""Load a hub's settings as the hub would, and say what it would complain about.

Run by the hub's own Python, with TLJH_INSTALL_PREFIX pointing at a copy of the settings. Prints one
line of JSON: {"errors": [...], "warnings": [...]}.
"""

import json
import logging
import os
import sys


class Keep(logging.Handler):
    """Keeps what is logged from warnings on."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self.messages = []

    def emit(self, record):
        self.messages.append(record.getMessage())


def describe(error):
    """Say what went wrong and, for an error in a settings file, where."""
    if isinstance(error, SyntaxError):
        return "%s, line %s: %s" % (error.filename, error.lineno, error.msg)
    folder = os.environ["TLJH_INSTALL_PREFIX"]
    trace, place = error.__traceback__, ""
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename
        if name.startswith(folder):
            place = "%s, line %s: " % (name, trace.tb_lineno)
        trace = trace.tb_next
    return "%s%s: %s" % (place, type(error).__name__, error)


def check(keep):
    from jupyterhub.app import JupyterHub

    import tljh

    app = JupyterHub()
    app.log.handlers = [keep]
    app.log.propagate = False
    app.raise_config_file_errors = True
    app.load_config_file(os.path.join(os.path.dirname(tljh.__file__), "jupyterhub_config.py"))
    authenticator = app.authenticator_class(parent=app)
    if authenticator.enable_auth_state:
        from jupyterhub import crypto

        crypto.check_available()


def main():
    keep, errors = Keep(), []
    stdout, sys.stdout = sys.stdout, sys.stderr
    try:
        check(keep)
    except (Exception, SystemExit) as error:
        errors.append(describe(error))
    print(json.dumps({"errors": errors, "warnings": keep.messages}), file=stdout)


main()

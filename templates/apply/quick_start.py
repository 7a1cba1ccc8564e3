"""Goes before the scripts beside it: imports jsonschema without what it would build at every start.

For IRIs alone, which neither JupyterHub's nor TLJH's settings have, jsonschema builds a grammar when it is imported,
and that takes longer than JupyterHub's own import. Where it cannot be left out, it is not.
"""

import sys


def import_jsonschema_without_its_grammar():
    sys.modules["rfc3987_syntax"] = None
    try:
        import jsonschema  # noqa: F401
    except ImportError:
        pass
    finally:
        del sys.modules["rfc3987_syntax"]


import_jsonschema_without_its_grammar()

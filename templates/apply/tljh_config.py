"""Run tljh-config once for each change, in one Python: to start one takes longer than all that it does.

Arguments: the path of tljh-config, and the changes as JSON, a list of lists of words. Before each change its
words go to standard error; the first that fails ends it, with its exit status.
"""

import json
import runpy
import sys

path, changes = sys.argv[1], json.loads(sys.argv[2])
for words in changes:
    print("+ tljh-config " + " ".join(words), file=sys.stderr, flush=True)
    sys.argv = [path, *words]
    try:
        runpy.run_path(path, run_name="__main__")
    except SystemExit as end:
        if end.code not in (None, 0):
            raise

"""Takes user data as cloud-init does, with Debian's own cloud-init.

Standard input is the user data; the argument is the folder that cloud-init is unpacked into. Prints
each part that cloud-init makes of it: its content type, its file name, and whether it is to the byte
what went in.
"""

import json
import sys
import tempfile

sys.path.insert(0, sys.argv[1])

from cloudinit import handlers, helpers, user_data, util  # noqa: E402
from cloudinit.handlers.shell_script import ShellScriptPartHandler  # noqa: E402


def main():
    raw = sys.stdin.buffer.read()
    with tempfile.TemporaryDirectory() as folder:
        paths = helpers.Paths({"cloud_dir": folder + "/cloud", "run_dir": folder + "/run"})
        message = user_data.UserDataProcessor(paths).process(raw)
        parts = []
        for part in message.walk():
            if part.get_content_maintype() == "multipart":
                continue
            same = util.fully_decoded_payload(part).encode() == raw
            parts.append([part.get_content_type(), part.get_filename(), same])
        # What cloud-init would write and then run.
        handler = ShellScriptPartHandler(paths)
        takes = handler.list_types()
        written = []
        original = util.write_file
        handlers.shell_script.util.write_file = lambda path, text, mode: written.append([text.encode() == raw, mode])
        for part in message.walk():
            if part.get_content_type() in takes:
                payload = util.fully_decoded_payload(part)
                handler.handle_part(None, part.get_content_type(), part.get_filename(), payload, None)
        handlers.shell_script.util.write_file = original
    print(json.dumps({"parts": parts, "written": written}))


if __name__ == "__main__":
    main()

"""In ssh's place: `python fake_ssh.py HOST WORDS...` gives the words, joined, to a shell "on" HOST.

As with ssh, what is quoted here is not quoted there, and the other side has its own home and folder.
HOST "nowhere" cannot be reached; to "breaks" the connection is lost after two lines.
"""

import os
import subprocess
import sys
from pathlib import Path

host, words = sys.argv[1], " ".join(sys.argv[2:])
if host == "nowhere":
    sys.exit("ssh: Could not resolve hostname nowhere: Name or service not known")
home = Path(os.environ["FAKE_SSH_HOME"])
environment = os.environ | {"HOME": str(home), "XDG_DATA_HOME": str(home / "data")}
if host == "breaks":
    command = ["sh", "-c", f"exec {words}"]
    with subprocess.Popen(command, cwd=home, env=environment, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        for _ in range(2):
            sys.stdout.buffer.write(process.stdout.readline())
        sys.stdout.flush()
        process.kill()
    sys.exit("client_loop: send disconnect: Broken pipe")
os.chdir(home)
os.execvpe("sh", ["sh", "-c", words], environment)

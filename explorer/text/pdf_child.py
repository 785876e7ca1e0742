"""A process that reads one PDF, page by page: a stranger's file, kept in a cage.

Called with the file's path and how many seconds a page may take. It writes a JSON object a line: {"pages"},
then {"text": "..."} for each page; or {"problem": "encrypted" | "broken", "reason": "..."}. When a page takes
too long, it ends itself without a word.
"""

import faulthandler
import json
import os
import sys
from pathlib import Path

from explorer.text.cage import limit_memory


def _say(**fact: object) -> None:
    sys.__stdout__.write(json.dumps(fact) + "\n")  # type: ignore[union-attr]
    sys.__stdout__.flush()  # type: ignore[union-attr]


def _read(path: Path, page_limit_s: float, nowhere: int) -> None:
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, FileNotDecryptedError

    faulthandler.dump_traceback_later(page_limit_s, exit=True, file=nowhere)
    try:
        reader = PdfReader(path)
        if reader.is_encrypted and not reader.decrypt(""):
            _say(problem="encrypted")
            return
        count = len(reader.pages)
        _say(pages=count)
        for number in range(count):
            faulthandler.dump_traceback_later(page_limit_s, exit=True, file=nowhere)
            text = reader.pages[number].extract_text()
            # A PDF may hold half characters, which no JSON could carry.
            _say(text=text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace"))
    except (DependencyError, FileNotDecryptedError):  # by a way for which no library is here
        _say(problem="encrypted")
    except MemoryError:
        _say(problem="broken", reason="it needs too much memory")
    except Exception as error:  # whatever a stranger's file may bring about
        _say(problem="broken", reason=f"{type(error).__name__}: {error}"[:300])


def main(path: str, page_limit_s: float) -> None:
    """Read it and end."""
    limit_memory()
    with Path(os.devnull).open("w") as nowhere:
        _read(Path(path), page_limit_s, nowhere.fileno())


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))

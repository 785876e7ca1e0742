"""A small hub: `python hub_server.py FOLDER`, in which FOLDER/OWNER/NAME/... are the repositories.

Speaks what is needed of the hub's protocol: model info with blobs, resolve with HEAD, ETag, X-Repo-Commit,
Range, and a redirect to storage at another port. Prints the hub's port. Faults are armed by POST /arm with
{"path suffix": fault, ...}, each once if it begins with "once-"; /seen tells the requests.
"""

import hashlib
import json
import re
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread  # noqa: TID251  (two small servers in a process of their own)
from urllib.parse import unquote, urlsplit

ROOT = Path(sys.argv[1])
COMMIT = "0123456789abcdef0123456789abcdef01234567"
LFS_FROM = 1000
ARMED: dict[str, str] = {}
SEEN: list[dict[str, object]] = []
STORAGE_PORT = 0


def digest_of(path: Path) -> tuple[str, bool]:
    data = path.read_bytes()
    if len(data) >= LFS_FROM:
        return hashlib.sha256(data).hexdigest(), True
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest(), False


def sibling(repo: Path, path: Path, sizes: bool) -> dict[str, object]:
    digest, lfs = digest_of(path)
    name = path.relative_to(repo).as_posix()
    if not sizes:
        return {"rfilename": name}
    size = path.stat().st_size
    entry: dict[str, object] = {"rfilename": name, "size": size, "blobId": "f" * 40 if lfs else digest}
    if lfs:
        entry["lfs"] = {"sha256": digest, "size": size, "pointerSize": 134}
    return entry


def fault_for(path: str) -> str:
    for suffix, fault in ARMED.items():
        if path.endswith(suffix):
            if fault.startswith("once-"):
                del ARMED[suffix]
            return fault.removeprefix("once-")
    return ""


class Common(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        pass

    def note(self) -> str:
        SEEN.append(
            {
                "port": self.server.server_address[1],
                "request": f"{self.command} {self.path}",
                "authorization": self.headers.get("authorization"),
                "range": self.headers.get("range"),
            }
        )
        return unquote(urlsplit(self.path).path)

    def say(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in ({"Content_Length": str(len(body))} | headers).items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def say_json(self, status: int, content: object, **headers: str) -> None:
        self.say(status, json.dumps(content).encode(), Content_Type="application/json", **headers)

    def send_file(self, file: Path, fault: str) -> None:
        data = file.read_bytes()
        match fault:
            case "error":
                return self.say(500)
            case "gone":
                return self.say(404)
            case "longer":
                data += b"more"
            case "damaged":
                data = bytes([data[0] ^ 1]) + data[1:]
        found = re.fullmatch(r"bytes=(\d+)-", self.headers.get("range", ""))
        start = int(found[1]) if found and fault != "no-range" else 0
        if start >= len(data) and start:
            return self.say(416, Content_Range=f"bytes */{len(data)}")
        if fault == "wrong-range" and start:
            start -= 1
        body = data[start:]
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
        if fault == "longer-unannounced":
            self.send_header("Connection", "close")
            body += b"more"
        else:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if fault in ("cut", "hang"):
            body = body[: len(body) // 2]
        self.wfile.write(body)
        self.wfile.flush()
        if fault == "hang":
            self.rfile.read(1)  # until the other side leaves
        self.close_connection = fault != ""
        return None


class Storage(Common):
    """Where large files are: anybody may read who has the address."""

    def do_GET(self) -> None:
        path = self.note()
        self.send_file(ROOT / path.lstrip("/"), fault_for(path))


class Hub(Common):
    def do_POST(self) -> None:
        ARMED.clear()
        ARMED.update(json.loads(self.rfile.read(int(self.headers["content-length"]))))
        SEEN.clear()
        self.say(200)

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        if self.path == "/seen":
            return self.say_json(200, SEEN)
        path = self.note()
        if found := re.fullmatch(r"/api/models/([^/]+/[^/]+)(?:/revision/(.+))?", path):
            return self.info(found[1], found[2])
        if found := re.fullmatch(r"/([^/]+/[^/]+)/resolve/([^/]+)/(.+)", path):
            return self.resolve(ROOT / found[1] / found[3], found[2])
        return self.say(404)

    def info(self, name: str, revision: str | None) -> None:
        repo = ROOT / name
        if name == "owner/gated":
            return self.say_json(403, {}, X_Error_Code="GatedRepo", X_Error_Message="gated")
        if name == "owner/odd":
            return self.say_json(200, {"id": name, "sha": COMMIT, "siblings": [{"size": 1}]})
        if name == "owner/not-json":
            return self.say(200, b"<html>hotel wifi</html>", Content_Type="text/html")
        if name == "owner/evil":
            entry = {"rfilename": "../../evil.json", "size": 1, "blobId": "0" * 40}
            return self.say_json(200, {"id": name, "sha": COMMIT, "siblings": [entry]})
        if name == "owner/huge":
            entry = {"rfilename": "model.safetensors", "size": 1 << 49, "blobId": "0" * 40}
            return self.say_json(200, {"id": name, "sha": COMMIT, "siblings": [entry]})
        if not repo.is_dir():
            return self.say_json(401, {"error": "Invalid username or password."})
        if revision not in (None, "main", COMMIT):
            return self.say_json(404, {}, X_Error_Code="RevisionNotFound", X_Error_Message="no revision")
        files = sorted(path for path in repo.rglob("*") if path.is_file())
        siblings = [sibling(repo, path, fault_for(name) != "no-sizes") for path in files]
        tags = ["tiny", "license:apache-2.0"]
        return self.say_json(200, {"id": name, "sha": COMMIT, "siblings": siblings, "tags": tags})

    def resolve(self, file: Path, commit: str) -> None:
        if not file.is_file() or commit != COMMIT:
            return self.say(404, X_Error_Code="EntryNotFound")
        digest, lfs = digest_of(file)
        size = str(file.stat().st_size)
        where = f"http://127.0.0.1:{STORAGE_PORT}/{file.relative_to(ROOT).as_posix()}"
        told = {"ETag": f'"{digest}"', "X_Repo_Commit": COMMIT}
        if lfs:
            linked = {"X_Linked_Size": size, "X_Linked_ETag": f'"{digest}"'}
            return self.say(302, Location=where, **told, **linked)
        if self.command == "HEAD":
            return self.say(200, Content_Length=size, **told)
        return self.send_file(file, fault_for(self.path))


def main() -> None:
    global STORAGE_PORT
    storage = ThreadingHTTPServer(("127.0.0.1", 0), Storage)
    hub = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    STORAGE_PORT = storage.server_address[1]
    for server in (storage, hub):
        Thread(target=server.serve_forever, daemon=True).start()
    print(hub.server_address[1], flush=True)
    sys.stdin.buffer.read()


main()

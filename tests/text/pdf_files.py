"""PDF files made by hand, so that it is known what stands in them."""

import io
import zlib
from collections.abc import Sequence

from pypdf import PdfReader, PdfWriter


def pdf(pages: Sequence[str | None]) -> bytes:
    """A page each, in Helvetica; None: a page without text. Lines of a text stand under one another."""
    return pdf_of_streams([b"" if text is None else _shown(text) for text in pages])


def _shown(text: str) -> bytes:
    lines = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)").split("\n")
    said = " T* ".join(f"({line}) Tj" for line in lines)
    return f"BT /F1 12 Tf 14 TL 72 720 Td {said} ET".encode("latin-1")


def pdf_of_streams(streams: Sequence[bytes], filters: str = "/FlateDecode") -> bytes:
    """Each page's instructions as they are given, compressed once."""
    count = len(streams)
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(count))
    bodies = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {count} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for number, stream in enumerate(streams):
        page = (
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {5 + 2 * number} 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>"
        )
        packed = zlib.compress(stream)
        head = f"<< /Length {len(packed)} /Filter {filters} >>\nstream\n".encode()
        bodies += [page.encode(), head + packed + b"\nendstream"]
    content = b"%PDF-1.4\n"
    starts: list[int] = []
    for number, body in enumerate(bodies, 1):
        starts.append(len(content))
        content += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    table = "".join(f"{start:010} 00000 n \n" for start in starts)
    tail = f"xref\n0 {len(bodies) + 1}\n0000000000 65535 f \n{table}"
    tail += f"trailer << /Size {len(bodies) + 1} /Root 1 0 R >>\nstartxref\n{len(content)}\n%%EOF\n"
    return content + tail.encode()


def protected(content: bytes, password: str) -> bytes:
    """The same, to be opened with `password` only."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(content)))
    writer.encrypt(password, "owner", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()

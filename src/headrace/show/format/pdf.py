"""A plain PDF of text lines, written by hand: PDF 1.4, one built-in font, nothing embedded.

The built-in fonts know Western European letters; a character they do not know is written as its
code point, U+6771, so that nothing is lost unseen.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

LINES_A_PAGE = 60
_HEIGHT, _TOP, _LEFT, _STEP = 842, 790, 50, 12


def text_pdf(lines: Sequence[str]) -> bytes:
    """The lines as A4 pages in Courier, 60 lines a page; the same lines give the same bytes."""
    pages = [lines[at : at + LINES_A_PAGE] for at in range(0, max(len(lines), 1), LINES_A_PAGE)]
    kids = " ".join(f"{4 + 2 * i} 0 R" for i in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding /WinAnsiEncoding >>",
    ]
    for i, page in enumerate(pages):
        content = _content(page)
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 {_HEIGHT}] /Contents {5 + 2 * i} 0 R"
            " /Resources << /Font << /F1 3 0 R >> >> >>".encode()
        )
        head = f"<< /Length {len(content)} >>\nstream\n".encode()
        objects.append(head + content + b"\nendstream")
    return _file(objects)


def _content(lines: Iterable[str]) -> bytes:
    told = [f"BT /F1 9 Tf {_STEP} TL {_LEFT} {_TOP} Td".encode()]
    for line in lines:
        shown = (
            c if c.isprintable() and c.encode("cp1252", "ignore") else f"U+{ord(c):04X}"
            for c in line
        )
        raw = "".join(shown).encode("cp1252")
        raw = raw.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
        told.append(b"(" + raw + b") Tj T*")
    return b"\n".join([*told, b"ET"])


def _file(objects: Sequence[bytes]) -> bytes:
    """Objects, the table of their places, and the trailer."""
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    table = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{at:010d} 00000 n \n".encode() for at in places)
    out += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\n".encode()
    return bytes(out + f"startxref\n{table}\n%%EOF\n".encode())

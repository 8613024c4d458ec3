"""What phones look like: libs/viseme-net/assets/phonemes.json, the file that figures and product read too."""

import hashlib
import json
import unicodedata
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).resolve().parents[3] / "libs" / "viseme-net" / "assets" / "phonemes.json"
TEXT = FILE.read_bytes()
SHA256 = hashlib.sha256(TEXT).hexdigest()
TABLE = json.loads(TEXT)

VISEMES: list[str] = TABLE["visemes"]
PARAMS: list[str] = TABLE["params"]
CLASSES: dict[str, list[str]] = TABLE["classes"]
CLASS_OF_VISEME = [next(i for i, members in enumerate(CLASSES.values()) if v in members) for v in VISEMES]
SIL = VISEMES.index("sil")


@dataclass(frozen=True)
class Segment:
    """One viseme's share of a phone. Times in seconds."""

    viseme: int
    start: float
    end: float
    #: The lips stay shut to the end of a nasal, and open with the burst of a plosive.
    nasal: bool


def visemes_of(symbol: str, alphabet: str) -> list[str]:
    """Names of the one or two visemes of a phone; silence for what is no phone. Alphabets: arpabet, ipa, or visemes for names of their own."""
    if alphabet == "visemes":
        return [symbol]
    if alphabet == "arpabet":
        return TABLE["arpabet"].get(symbol.upper().rstrip("012"), ["sil"])
    # A letter with its mark where the table has it (ç), else without (ã).
    whole = unicodedata.normalize("NFC", symbol)
    letters = [c for w in whole for c in ([w] if w in TABLE["ipa"] else unicodedata.normalize("NFD", w)) if c in TABLE["ipa"]]
    found = [TABLE["ipa"][c] for c in letters]
    # An affricate is one gesture: the fricative shows.
    if len(found) == 2 and found[0] == "DD" and found[1] in ("CH", "SS"):
        found = found[1:]
    return found[:2] or ["sil"]


def segments(phones: list[tuple[str, float, float]], alphabet: str) -> list[Segment]:
    """Visemes with their times; a diphthong is two."""
    out: list[Segment] = []
    for symbol, start, end in phones:
        if end <= start:
            continue
        names = visemes_of(symbol, alphabet)
        nasal = symbol.rstrip("012").upper() in ("M", "EM") if alphabet == "arpabet" else any(c in "mɱ" for c in symbol)
        middle = start + (end - start) * TABLE["diphthongFirstPart"]
        parts = [(names[0], start, end)] if len(names) == 1 else [(names[0], start, middle), (names[1], middle, end)]
        for name, a, b in parts:
            out.append(Segment(VISEMES.index(name), a, b, nasal))
    return out

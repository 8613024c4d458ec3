"""What the voices say: sentences from the systems' fortune files, and for other languages their word lists."""

import random
import re
from pathlib import Path

FORTUNES = Path("/usr/share/games/fortunes")
WORDS = Path("/usr/share/dict")

_ENGLISH = ["literature", "wisdom", "science", "people", "law", "work", "education", "food", "medicine", "sports", "politics", "computers", "love"]
_SOURCES = {
    "en": [FORTUNES / name for name in _ENGLISH],
    "de": sorted((FORTUNES / "de").glob("*")),
    "es": sorted((FORTUNES / "es").glob("*")),
    "it": sorted((FORTUNES / "it").glob("*")) + [FORTUNES / "italia"],
    "pt": [FORTUNES / "brasil"],
    "cs": sorted((FORTUNES / "cs").glob("*")),
    "pl": sorted((FORTUNES / "pl").glob("*")),
    "ru": sorted((FORTUNES / "ru").glob("*")),
}
_WORD_LISTS = {"fr": "french", "nl": "dutch", "sv": "swedish"}
# Sounds that matter to lips and are rare in running text.
_RICH = (
    "Bob's pump popped by my bumper. Mary may buy a maple pie. Five very famous wives leave half the leaf. We would woo you, who knew? "
    "Show the church a huge measure of joy. Father Arthur thought both these things were smooth. Go home, old Joe, below the slow boat. "
    "A big brown bumblebee sobbed above the pub. Oh, you saw how few of them move. Ah, the calm palm. Please keep three cheap green sheets. "
    "Push, pull, look, book. Voices vary over vivid valleys. Papa, mama, baby, bobby. Who chose those shoes? I thought of Ruth, the mouth and the moth."
)


def sentences(language: str, seed: int) -> list[str]:
    """Sentences of 25 to 160 characters in an order of the seed's own; the same for everyone who has the same files."""
    order = random.Random(f"{language} {seed}")
    if language in _WORD_LISTS:
        words = [w for w in (WORDS / _WORD_LISTS[language]).read_text(errors="replace").split() if w.isalpha() and len(w) < 14]
        return [" ".join(order.choices(words, k=order.randint(4, 9))).capitalize() + "." for _ in range(400)]
    found = [s for source in _SOURCES[language] for s in _split(_read(source))]
    if language == "en":
        found += _split(_RICH) * 12
    order.shuffle(found)
    return found


def _read(path: Path) -> str:
    if not path.is_file() or path.suffix in (".dat", ".u8"):
        return ""
    raw = path.read_bytes()
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _split(text: str) -> list[str]:
    out = []
    for block in re.split(r"\n%\n", text):
        block = re.sub(r"\s+--.*", "", block, flags=re.S)
        for sentence in re.split(r"(?<=[.!?])\s+", re.sub(r"\s+", " ", block)):
            sentence = sentence.strip(" \"'-*")
            if 25 <= len(sentence) <= 160 and re.fullmatch(r"[\w ,.;:!?'\"()-]+", sentence) and not re.search(r"\d|[A-Z]{3}|_", sentence):
                out.append(sentence)
    return out

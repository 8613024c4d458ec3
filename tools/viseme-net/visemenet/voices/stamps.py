"""Real speakers of a dozen languages: the spoken descriptions of Debian's tuxpaint-stamps-default (GPL-2), which have their texts beside them."""

import re
import subprocess
from pathlib import Path

import numpy as np

FOLDER = Path("/usr/share/tuxpaint/stamps")
#: Tux Paint's name of a language and espeak-ng's, which tells how its texts are pronounced.
LANGUAGES = {"": "en-us", "fr": "fr", "ru": "ru", "ro": "ro", "ca": "ca", "bg": "bg", "es": "es", "be": "be", "el": "el", "da": "da", "lt": "lt", "nl": "nl"}


def described(language: str) -> list[tuple[Path, str]]:
    """Recordings and what is said in them. Digits are left out: nobody knows how they were read."""
    ending = f"_desc_{language}.ogg" if language else "_desc.ogg"
    found = []
    for sound in sorted(FOLDER.rglob(f"*{ending}")):
        about = sound.with_name(sound.name[: -len(ending)] + ".txt")
        lines = about.read_text(encoding="utf-8", errors="replace").splitlines() if about.is_file() else []
        text = next((l.split("=", 1)[1] for l in lines if l.startswith(f"{language}.utf8=")), "") if language else (lines[:1] or [""])[0]
        if 4 <= len(text) <= 120 and not re.search(r"[\d$€£]", text):
            found.append((sound, text.strip()))
    return found


def read(path: Path) -> np.ndarray:
    """Mono float32 at 16 kHz."""
    command = ["ffmpeg", "-v", "error", "-i", str(path), "-f", "s16le", "-ar", "16000", "-ac", "1", "-"]
    return np.frombuffer(subprocess.run(command, capture_output=True, check=True).stdout, np.int16).astype(np.float32) / 32768

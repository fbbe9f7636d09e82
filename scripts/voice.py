"""Speak the pieces of a call in Thai, as sound files for the display of the waiting room.

    voice.py [FOLDER]    with espeak-ng on the path (apt-get install espeak-ng)

FOLDER is appointments/static/appointments/voice unless given. An office that prefers a human voice
records the same pieces (appointments.hall_words.PIECES) and puts its files there instead.
"""

from __future__ import annotations

import io
import subprocess
import sys
import wave
from pathlib import Path
from typing import Final

import numpy as np

ROOT: Final = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from appointments.hall_words import PIECES  # noqa: E402 - it needs nothing but the path

FOLDER: Final = ROOT / "appointments/static/appointments/voice"
WORDS_A_MINUTE: Final = 130
QUIET: Final = 250  # of 32,768: silence before and after a word
PAUSE_S: Final = 0.04


def spoken(word: str) -> tuple[int, np.ndarray]:
    """Samples a second, and the samples of a word without the silence around it."""
    command = ["espeak-ng", "-v", "th", "-s", str(WORDS_A_MINUTE), "--stdout", word]
    made = subprocess.run(command, capture_output=True, check=True).stdout  # noqa: S603
    with wave.open(io.BytesIO(made)) as file:
        rate = file.getframerate()
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2")
    loud = np.flatnonzero(np.abs(samples.astype(int)) > QUIET)
    edge = round(rate * PAUSE_S)
    return rate, samples[max(0, loud[0] - edge) : loud[-1] + edge]


def halved(samples: np.ndarray) -> np.ndarray:
    """Every two samples as their mean: half the size, and speech needs no more."""
    pairs = samples[: len(samples) // 2 * 2].reshape(-1, 2)
    return pairs.mean(axis=1).round().astype("<i2")


def main(arguments: list[str]) -> None:
    """Write one WAV file for each word."""
    folder = Path(arguments[0]) if arguments else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for name, word in PIECES.items():
        rate, samples = spoken(word)
        with wave.open(str(folder / f"{name}.wav"), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(rate // 2)
            file.writeframes(halved(samples).tobytes())
    sys.stdout.write(f"{len(PIECES)} pieces in {folder}\n")


if __name__ == "__main__":
    main(sys.argv[1:])

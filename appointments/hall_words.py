"""What a display says aloud: numbers in Thai, digit by digit, as they are called in an office."""

from __future__ import annotations

from typing import Final

_WRITTEN: Final = """
    0 ศูนย์ 1 หนึ่ง 2 สอง 3 สาม 4 สี่ 5 ห้า 6 หก 7 เจ็ด 8 แปด 9 เก้า
    A เอ B บี C ซี D ดี E อี F เอฟ G จี H เอช I ไอ J เจ K เค L แอล M เอ็ม N เอ็น O โอ P พี Q คิว R อาร์
    S เอส T ที U ยู V วี W ดับเบิลยู X เอกซ์ Y วาย Z แซด
"""
_NAMES: Final = _WRITTEN.split()
SPOKEN: Final = dict(zip(_NAMES[::2], _NAMES[1::2], strict=True))
"""Digits and letters by their Thai names."""

PIECES: Final = {"number": "ขอเชิญหมายเลข", "counter": "ที่ช่องบริการ"} | SPOKEN
"""What a call is put together from, where its pieces are sound files (scripts/voice.py)."""


def call_in_pieces(number: str, counter: str) -> list[str]:
    """``number A 0 1 2 counter 3`` for A012 and counter 3: names of `PIECES`, others left out."""
    said = ["number", *number.upper(), "counter", *counter.upper()]
    return [each for each in said if each in PIECES]


def call_in_words(number: str, counter: str) -> str:
    """``ขอเชิญหมายเลข เอ ศูนย์ หนึ่ง สอง ที่ช่องบริการ สาม ค่ะ`` for A012 and counter 3."""
    return f"ขอเชิญหมายเลข {spelled(number)} ที่ช่องบริการ {spelled(counter)} ค่ะ"


def spelled(text: str) -> str:
    """Each letter and digit by its Thai name; anything else as it is."""
    return " ".join(SPOKEN.get(each.upper(), each) for each in text)

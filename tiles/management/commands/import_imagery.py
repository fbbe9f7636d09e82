"""Take a GeoTIFF in as a layer under the map."""

from __future__ import annotations

import argparse
import json
import time
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from cadastre.errors import LandError
from tiles.services.imagery import imagery_import


class Command(BaseCommand):
    help = "Check a GeoTIFF, make it cloud-optimised and serve it at /tiles/raster/<name>/."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="a GeoTIFF, in any coordinate system")
        parser.add_argument("--name", default="ortho", help="name of the layer in its address")
        parser.add_argument("--title-th", default="")
        parser.add_argument("--title-en", default="")
        parser.add_argument("--attribution", default="", help="who made the image")
        parser.add_argument("--captured-on", type=date.fromisoformat, metavar="YYYY-MM-DD")
        parser.add_argument("--bands", type=_bands, help="for instance 3,2,1 (red, green, blue)")
        parser.add_argument(
            "--stretch", type=_stretch, metavar="LOW,HIGH[,LOW,HIGH,LOW,HIGH]",
            help="values that become black and white, once or for each band",
        )  # fmt: skip
        parser.add_argument("--shaded", action="store_true", help="draw heights as a relief")
        parser.add_argument("--quality", type=int, help="of WebP, 1 to 99; 100 is without loss")
        parser.add_argument("--private", action="store_true", help="only for signed-in staff")
        parser.add_argument("--json", action="store_true", help="result as JSON on stdout")

    def handle(self, *, file: Path, json: bool, private: bool, **options: Any) -> None:
        if not file.is_file():
            raise CommandError(f"There is no file {file}.")
        begun = time.monotonic()
        wishes = {
            key: options[key]
            for key in (
                "name", "title_th", "title_en", "attribution", "captured_on", "bands", "stretch",
                "shaded", "quality",
            )
        }  # fmt: skip
        self.stderr.write(f"Working on {file.name}")
        try:
            layer = imagery_import(path=file, is_public=not private, now=timezone.now(), **wishes)
        except LandError as error:
            if json:
                self.stdout.write(_json({"code": error.code, "detail": str(error)}))
            raise CommandError(str(error)) from error
        west, south, east, north = layer.bounds.extent
        result = {
            "layer": layer.name,
            "tiles": f"/tiles/raster/{layer.name}/{{z}}/{{x}}/{{y}}.webp",
            "crs": layer.source_srid,
            "bounds": [west, south, east, north],
            "minzoom": layer.min_zoom,
            "maxzoom": layer.max_zoom,
            "sha256": layer.source_sha256,
            "seconds": round(time.monotonic() - begun, 2),
        }
        lines = _json(result) if json else "\n".join(f"{k}: {v}" for k, v in result.items())
        self.stdout.write(lines)


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False)


def _bands(text: str) -> list[int]:
    return [int(part) for part in text.split(",")]


def _stretch(text: str) -> list[tuple[float, float]]:
    numbers = [float(part) for part in text.split(",")]
    if len(numbers) % 2:
        raise argparse.ArgumentTypeError("give pairs: LOW,HIGH")
    return list(zip(numbers[::2], numbers[1::2], strict=True))

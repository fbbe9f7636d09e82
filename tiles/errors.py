"""Why an image cannot become a layer of the map."""

from __future__ import annotations

from collections.abc import Callable

from cadastre.errors import InvalidInput, LandError, gettext_noop


class ImageryRefused(LandError):
    """Any reason to refuse an image; the subclasses tell which.

    ``reason`` and ``what`` are msgids, so that the whole sentence is in the reader's language.
    """

    code = "imagery_refused"
    message = gettext_noop("The image {file} cannot be used.")

    def render(self, translate: Callable[[str], str] = gettext_noop) -> str:
        told = {
            key: translate(str(value)) if key in {"reason", "what"} else value
            for key, value in self.evidence.items()
        }
        return translate(self.message).format_map(told)


class ImageryNotGeoTiff(ImageryRefused):
    code = "imagery_not_geotiff"
    message = gettext_noop(
        "{file} is not a GeoTIFF, whatever its name says. Convert the image to GeoTIFF first."
    )


class ImageryDamaged(ImageryRefused):
    code = "imagery_damaged"
    message = gettext_noop(
        "{file} is damaged: {reason}. Fetch or export the file again; nothing was imported."
    )


class ImageryTooLarge(ImageryRefused):
    code = "imagery_too_large"
    message = gettext_noop(
        "{file} claims {found} {what}, and at most {limit} can be taken. "
        "Divide the image into several layers."
    )


class ImageryNotGeoreferenced(ImageryRefused):
    code = "imagery_not_georeferenced"
    message = gettext_noop(
        "{file} does not say where on Earth it is: {reason}. "
        "Export it again with its coordinate system; the place is never guessed."
    )


class ImageryBandsUnusable(ImageryRefused):
    code = "imagery_bands_unusable"
    message = gettext_noop(
        "The bands asked for cannot be shown: {reason}. {file} has {count} bands; "
        "choose one or three of them."
    )


class ImageryTooHard(ImageryRefused):
    code = "imagery_too_hard"
    message = gettext_noop(
        "Working on {file} was stopped, because it took more time or memory than an image may. "
        "Nothing was imported. Divide the image, or check how it was made."
    )


class LayerNameUnusable(InvalidInput):
    code = "layer_name_unusable"
    message = gettext_noop(
        "“{name}” cannot name a layer: at most 60 letters a-z, digits, hyphens and underscores."
    )


class QualityUnusable(InvalidInput):
    code = "quality_unusable"
    message = gettext_noop("The quality is a number from 1 to 100, and 100 is without loss.")

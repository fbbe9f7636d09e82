"""Finding the bill that somebody at the counter means."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from cadastre.digits import typed_text
from cadastre.errors import LandError
from cadastre.payments import has_check_digit, parse_barcode, parse_qr
from offices.models import Office
from parcels.models import Party
from taxmap.models import Bill

MOST = 50
LONGEST = 400


def bills_found(office: Office, asked: str) -> QuerySet[Bill]:
    """Assessed bills by what was typed or scanned: reference, QR code, barcode, parcel or deed.

    A scanner types like a keyboard; its line ends arrive as blanks. Newest year first.
    """
    text = typed_text(asked[:LONGEST].replace("\x00", ""))
    reference = _scanned(asked[:LONGEST]) or text.replace(" ", "").replace("-", "")
    if len(reference) >= 10 and has_check_digit(reference):
        return _of(office).filter(reference_1=reference)
    code = text.upper()
    if not code:
        return Bill.objects.none()
    of_unit = Q(assessments__unit__parcel__tax_parcel_code=code) | Q(
        assessments__unit__parcel__ba_unit__deed_number=code
    )
    return _of(office).filter(of_unit).distinct()[:MOST]


def bills_of_name(office: Office, name: str) -> QuerySet[Bill]:
    """Bills of the taxpayers who are called exactly so; look-ups of persons are audited."""
    words = typed_text(name[:200].replace("\x00", "")).split()
    if not words:
        return Bill.objects.none()
    whole = " ".join(words)
    called = Q(name=whole) | Q(name=words[0], surname=" ".join(words[1:]))
    parties = list(Party.objects.filter(called).values_list("pk", flat=True)[:MOST])
    return _of(office).filter(taxpayers__overlap=parties)[:MOST]


def _of(office: Office) -> QuerySet[Bill]:
    assessed = Bill.objects.filter(local_authority=office, number__isnull=False)
    return assessed.order_by("-tax_year", "kind", "number")


def _scanned(text: str) -> str:
    """Reference 1 of a QR code or barcode; blank for anything else."""
    code = text.strip()
    try:
        if code.startswith("000201"):
            return parse_qr(code).reference_1
        if code.startswith("|"):
            return parse_barcode("\r".join(code.split()) if "\r" not in code else code).reference_1
    except LandError:
        return ""
    return ""

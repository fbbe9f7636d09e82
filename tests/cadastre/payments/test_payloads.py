"""Payloads published by others, and a decoder written apart from the encoder."""

from __future__ import annotations

import json
import string
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cadastre.payments import (
    BarcodeInvalid,
    BillPayment,
    BillPaymentInvalid,
    QrPayloadInvalid,
    ReferenceInvalid,
    barcode_payload,
    check_reference,
    crc16_ccitt_false,
    has_check_digit,
    luhn_digit,
    parse_barcode,
    parse_qr,
    qr_payload,
    with_check_digit,
)

references = st.text(alphabet=string.ascii_uppercase + string.digits, min_size=1, max_size=20)
bills = st.builds(
    BillPayment,
    st.text(alphabet=string.digits, min_size=15, max_size=15),
    references,
    st.just("") | references,
    st.none() | st.integers(1, 999_999_999_999),
    st.just("") | references,
)


def crc_bit_by_bit(text):
    """The checksum straight from its definition, one bit at a time."""
    register = 0xFFFF
    for byte in text.encode("ascii"):
        for bit in range(7, -1, -1):
            top = (register >> 15) ^ ((byte >> bit) & 1)
            register = (register << 1) & 0xFFFF
            if top:
                register ^= 0x1021
    return f"{register:04X}"


def decoded(text):
    """An independent reader: nested tuples of tag and value, trusting nothing but the lengths."""
    if not text:
        return ()
    tag, length = text[:2], int(text[2:4])
    return ((tag, text[4 : 4 + length]), *decoded(text[4 + length :]))


@given(bills)
def test_an_independent_decoder_reads_what_we_write(bill):
    payload = qr_payload(bill)
    assert crc_bit_by_bit(payload[:-4]) == payload[-4:]
    fields = dict(decoded(payload))
    merchant = dict(decoded(fields["30"]))
    assert merchant["00"] == "A000000677010112"
    assert merchant["01"] == bill.biller_id
    assert merchant["02"] == bill.reference_1
    assert merchant.get("03", "") == bill.reference_2
    assert (fields["00"], fields["53"], fields["58"]) == ("01", "764", "TH")
    if bill.amount_satang is None:
        assert "54" not in fields
        assert fields["01"] == "11"
    else:
        assert Decimal(fields["54"]) * 100 == bill.amount_satang
        assert fields["01"] == "12"
    assert dict(decoded(fields.get("62", ""))).get("07", "") == bill.reference_3


@given(bills)
def test_a_qr_code_reads_back(bill):
    assert parse_qr(qr_payload(bill)) == bill


@given(bills, st.data())
def test_any_one_changed_character_is_noticed(bill, data):
    payload = qr_payload(bill)
    place = data.draw(st.integers(0, len(payload) - 1))
    other = data.draw(st.characters(max_codepoint=0x17F).filter(lambda c: c != payload[place]))
    with pytest.raises(QrPayloadInvalid):
        parse_qr(payload[:place] + other + payload[place + 1 :])


@given(bills, st.integers(1, 40))
def test_a_cut_off_qr_code_is_noticed(bill, lost):
    with pytest.raises(QrPayloadInvalid):
        parse_qr(qr_payload(bill)[:-lost])


# Printed by banks and by a published library; their checksums were recomputed.
CUSTOMER_BILL = BillPayment("0112233445566", "CUSTOMER001", "INV001", None, "SCB")
CUSTOMER_QR = (
    "00020101021130620016A000000677010112011301122334455660211CUSTOMER0010306INV001"
    "53037645802TH62070703SCB6304780E"
)
BARCODE_BILL = BillPayment("099999999999990", "111222333444")
BARCODE_QR = (
    "00020101021130550016A0000006770101120115099999999999990021211122233344453037645802TH63043EE7"
)
TAX_BILL = BillPayment("099400016550100", "123456789012", "670429", 364922)
TAX_QR_COUNTRY_FIRST = (
    "00020101021230650016A0000006770101120115099400016550100021212345678901203066704295303764"
    "5802TH54073649.2263044534"
)
KTB_SHOP = (
    "00020101021130730016A0000006770101120115010753700088205021916151060181105030020307PIRASIT"
    "53037645802TH620807040000630443A3"
)


@pytest.mark.parametrize(
    ("bill", "payload"), [(CUSTOMER_BILL, CUSTOMER_QR), (BARCODE_BILL, BARCODE_QR)]
)
def test_published_payloads_are_written_to_the_letter(bill, payload):
    assert qr_payload(bill) == payload
    assert parse_qr(payload) == bill


def test_the_order_of_country_and_amount_is_free():
    """One published payload has the country before the amount; we write tags in ascending order."""
    assert crc_bit_by_bit(TAX_QR_COUNTRY_FIRST[:-4]) == TAX_QR_COUNTRY_FIRST[-4:]
    assert parse_qr(TAX_QR_COUNTRY_FIRST) == TAX_BILL
    assert dict(decoded(qr_payload(TAX_BILL)))["54"] == "3649.22"


def test_a_real_qr_code_of_a_shop():
    bill = parse_qr(KTB_SHOP)
    assert bill == BillPayment("010753700088205", "1615106018110503002", "PIRASIT", None, "0000")
    assert qr_payload(bill) == KTB_SHOP


def refused_as_no_bill(payload):
    with pytest.raises(QrPayloadInvalid) as refused:
        parse_qr(payload)
    assert refused.value.evidence == {"reason": "not_a_bill"}


def test_the_vectors_of_two_libraries(sample_data):
    folder = sample_data / "payments"
    for vector in json.loads((folder / "crc16_ccitt_false.json").read_text())["vectors"]:
        assert f"{crc16_ccitt_false(vector['text'].encode()):04X}" == vector["crc"]
        assert crc_bit_by_bit(vector["text"]) == vector["crc"]
    for vector in json.loads((folder / "promptparse_bill.json").read_text())["vectors"]:
        if vector["kind"] == "billPayment":
            bill = parse_qr(vector["payload"])
            assert bill.biller_id == vector["billerId"]
            assert (bill.reference_1, bill.reference_2) == (vector["ref1"], vector["ref2"])
            assert qr_payload(bill) == vector["payload"]
        elif vector["kind"] == "botBarcode":
            bill = parse_barcode(vector["payload"])
            assert qr_payload(bill) == vector["as_qr30"]
            assert barcode_payload(bill) == vector["payload"]
        else:
            refused_as_no_bill(vector["payload"])
    for vector in json.loads((folder / "promptpay_dtinth.json").read_text())["vectors"]:
        assert crc_bit_by_bit(vector["payload"][:-4]) == vector["payload"][-4:]
        refused_as_no_bill(vector["payload"])


def test_the_checksum_of_the_standard_text():
    assert crc16_ccitt_false(b"123456789") == 0x29B1


def sealed_with_right_checksum(body):
    return f"{body}6304{crc_bit_by_bit(body + '6304')}"


@pytest.mark.parametrize(
    "body",
    [
        "",
        "0002",
        "00020101",
        "000201010211",
        "000201000201",
        "00020100",
        "0002015303840" + "5802TH",
        "0002015303764" + "5802TH" + "30200016A000000677010112",
        "0002015303764" + "5802TH" + "30240016A00000067701011201",
    ],
)
def test_a_right_checksum_does_not_excuse_wrong_contents(body):
    with pytest.raises(QrPayloadInvalid):
        parse_qr(sealed_with_right_checksum(body))


def test_a_wrong_amount_with_a_right_checksum():
    for amount in ("1e3", "-1.00", "0.00", "1.234", "12,00", "NaN"):
        good = qr_payload(BillPayment("099400016550100", "1", "", 100))
        body = good[:-8].replace("54041.00", f"54{len(amount):02d}{amount}")
        with pytest.raises(QrPayloadInvalid):
            parse_qr(sealed_with_right_checksum(body))


@given(bills.filter(lambda bill: not bill.reference_3))
def test_a_barcode_reads_back(bill):
    payload = barcode_payload(bill)
    assert parse_barcode(payload) == bill
    biller, one, two, amount = payload[1:].split("\r")
    assert (biller, one, two) == (bill.biller_id, bill.reference_1, bill.reference_2)
    assert int(amount) == (bill.amount_satang or 0)


@pytest.mark.parametrize(
    "payload",
    [
        "",
        "|",
        "099999999999990\r1\r\r0",
        "|099999999999990\r1\r0",
        "|099999999999990\r1\r\r0\r",
        "|099999999999990\r\r\r0",
        "|099999999999990\r1\r\r",
        "|099999999999990\r1\r\r-1",
        "|099999999999990\r1\r\r007",
        "|099999999999990\r1\r\r٣",
        "|09999999999999\r1\r\r1",
    ],
)
def test_what_is_no_barcode_is_refused(payload):
    with pytest.raises(BarcodeInvalid):
        parse_barcode(payload)


def test_a_barcode_has_no_third_reference():
    with pytest.raises(ValueError, match="third"):
        barcode_payload(BillPayment("099999999999990", "1", reference_3="X"))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("biller_id", "12345678901234"),
        ("biller_id", "๐" * 15),
        ("reference_1", ""),
        ("reference_1", "A" * 21),
        ("reference_1", "abc"),
        ("reference_2", "A-1"),
        ("reference_3", "ก"),
        ("amount_satang", 0),
        ("amount_satang", -1),
        ("amount_satang", 10**12),
    ],
)
def test_impossible_bills_cannot_exist(field, value):
    good = {"biller_id": "099999999999990", "reference_1": "1"}
    with pytest.raises(BillPaymentInvalid, match=field):
        BillPayment(**{**good, field: value})


digits = st.text(alphabet=string.digits, min_size=2, max_size=19)


@given(digits, st.data())
def test_one_wrong_digit_breaks_a_reference(first, data):
    reference = with_check_digit(first)
    assert has_check_digit(reference)
    assert check_reference(f" {reference[:2]}-{reference[2:]} ") == reference
    place = data.draw(st.integers(0, len(reference) - 1))
    wrong = str((int(reference[place]) + data.draw(st.integers(1, 9))) % 10)
    broken = reference[:place] + wrong + reference[place + 1 :]
    assert not has_check_digit(broken)
    with pytest.raises(ReferenceInvalid, match="Copy it again"):
        check_reference(broken)


@given(digits, st.data())
@example("12", None)
def test_exchanged_neighbours_break_a_reference(first, data):
    reference = with_check_digit(first)
    place = 0 if data is None else data.draw(st.integers(0, len(reference) - 2))
    a, b = reference[place], reference[place + 1]
    swapped = reference[:place] + b + a + reference[place + 2 :]
    known_blind_spot = {a, b} == {"0", "9"}
    assert has_check_digit(swapped) is (a == b or known_blind_spot)


def test_luhn_by_the_book():
    assert luhn_digit("7992739871") == "3"
    assert not has_check_digit("")
    assert not has_check_digit("0")
    with pytest.raises(ValueError, match="ASCII"):
        luhn_digit("๑๒")
    with pytest.raises(ValueError, match="19"):
        with_check_digit("1" * 20)

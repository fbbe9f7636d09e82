"""Words that names are made of. Common given names, and syllables for surnames nobody need bear."""

from __future__ import annotations

import numpy as np


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


TITLES = ("", "นาย", "นาง", "นางสาว")

MALE = _words(
    """
    สมชาย สมศักดิ์ ประเสริฐ วิชัย สุรชัย ธนากร ปรีชา อนุชา บุญมี ทองใบ สมบัติ ประยูร
    ธีรพงษ์ นิพนธ์ พิชัย ไพบูลย์ มนัส วีระ สุวิทย์ อดิศักดิ์ กิตติศักดิ์ ชาญชัย ณรงค์
    เดชา ถาวร ทวี ธงชัย นพดล บรรจง ประสิทธิ์ ปิยะ พงศกร พรชัย ภาณุ มานพ ยงยุทธ รังสรรค์
    เลิศชัย วรพล ศราวุธ สันติ สุเมธ เสน่ห์ อภิชาติ อำนาจ เอกชัย กฤษณะ จักรพันธ์ ชัยวัฒน์
    ดนัย ต่อศักดิ์ ธวัช นรินทร์ บุญเลิศ ปกรณ์ พีระ ไกรสร วุฒิชัย
    """
)
FEMALE = _words(
    """
    สมหญิง มาลี สุดา วรรณา นงนุช รัตนา ศิริพร วันเพ็ญ อำไพ อัมพร กาญจนา ดวงใจ ยุพา ละออ
    สายสุนีย์ เสาวลักษณ์ อุบล พรทิพย์ จันทร์เพ็ญ บุญช่วย กนกวรรณ ขวัญใจ จินตนา จุฑามาศ
    ชลธิชา ณัฐธิดา ดารณี ทัศนีย์ ธิดารัตน์ นภา น้ำผึ้ง บังอร เบญจมาศ ปราณี ปาริชาติ
    พัชรี พิมพ์ใจ เพ็ญศรี ภาวิณี มณีรัตน์ เยาวลักษณ์ รุ่งนภา ลัดดา วาสนา วิไล ศศิธร
    สุกัญญา สุนีย์ สุมาลี อรทัย อารีย์ อุไรวรรณ กมลชนก จิราภรณ์ นันทนา ปทุมวดี
    """
)
FIRST_SYLLABLES = _words(
    """
    กิจ เกษม แก้ว ขจร คง จันทร์ จิต เจริญ ชัย ชื่น ชู ดำรง เดช ทวี ทอง ทรัพย์ ธรรม ธนา
    นิล บุญ บรรจง ประ ปาน พรหม พูน เพชร เพิ่ม ไพร ภักดี มงคล มั่น มี ยิ่ง รัตน รุ่ง
    เรือง ฤทธิ์ วงศ์ วิจิตร วิเศษ ศรี ศักดิ์ ศิริ สง่า สม สาย สิน สุข สุวรรณ เสริม แสง
    โสภณ หอม อ่อน อินทร์ อุดม เอม โอฬาร
    """
)
MIDDLE_SYLLABLES = (
    "", "", "", "กุล", "คำ", "จิตร", "ชล", "ดิษฐ", "ธาร", "นาค", "บัว", "ประทีป", "พงษ์", "ภู", "มณี",
    "ยศ", "โรจน์", "ลาภ", "วร", "ศิลป์", "สาคร", "สุนทร", "หิรัญ", "อรุณ",
)  # fmt: skip
LAST_SYLLABLES = _words(
    """
    กิจ กุล เกตุ เจริญ ชัย ชาติ ชื่น โชติ ดี เดช ทรัพย์ ทอง ธรรม นนท์ บางโฉนด บุญ
    ประเสริฐ ผล พงศ์ พันธ์ พานิช เพ็ชร ไพศาล ภักดี มณี มาก มีสุข ยิ่งยืน รักษา รัตน์
    เรือง ลาภ เลิศ วงศ์ วัฒนา วิไล ศรี ศิริ สกุล สถาพร สมบูรณ์ สวัสดิ์ สิน สุข แสง โสภา
    หงส์ อนันต์ อารี อุดม เอี่ยม
    """
)

TRADES = (
    "ก่อสร้าง", "ค้าไม้", "การค้า", "พัฒนาที่ดิน", "ขนส่ง", "เฟอร์นิเจอร์", "วัสดุภัณฑ์", "พลาสติก", "อาหาร",
    "การช่าง",
)  # fmt: skip

PLACES = (
    ("แก้วมณี", "Kaeo Mani"), ("กล้วยไม้", "Kluai Mai"),
    ("ขวัญเรือน", "Khwan Ruean"), ("คูณทรัพย์", "Khun Sap"),
    ("จามจุรี", "Chamchuri"), ("จันทร์หอม", "Chan Hom"),
    ("ชวนชื่น", "Chuan Chuen"), ("ชัยพฤกษ์ทอง", "Chaiyaphruek Thong"),
    ("ดอกปีบ", "Dok Pip"), ("ดาวเรือง", "Dao Rueang"),
    ("ตะวันรุ่ง", "Tawan Rung"), ("ต้นสน", "Ton Son"),
    ("ทรัพย์เจริญ", "Sap Charoen"), ("ทองหลาง", "Thong Lang"),
    ("ธารทิพย์", "Than Thip"), ("นนทรี", "Nonsi"),
    ("น้ำใส", "Nam Sai"), ("บัวหลวง", "Bua Luang"),
    ("บุหงา", "Bu-nga"), ("ใบตอง", "Bai Tong"),
    ("ประดู่แดง", "Pradu Daeng"), ("ปาริชาต", "Parichat"),
    ("พวงแสด", "Phuang Saet"), ("พฤกษา", "Phrueksa"),
    ("พุดซ้อน", "Phut Son"), ("เพชรงาม", "Phet Ngam"),
    ("ไผ่ทอง", "Phai Thong"), ("มะพร้าวคู่", "Maphrao Khu"),
    ("มะลิลา", "Malila"), ("ม่วงทอง", "Muang Thong"),
    ("ยางนา", "Yang Na"), ("ยิ้มแย้ม", "Yim Yaem"),
    ("รวงข้าว", "Ruang Khao"), ("ราชพฤกษ์น้อย", "Ratchaphruek Noi"),
    ("เรือนแพ", "Ruean Phae"), ("ลำดวน", "Lamduan"),
    ("ลีลาวดี", "Lilawadi"), ("วังปลา", "Wang Pla"),
    ("ศรีโฉนด", "Si Chanot"), ("สวนส้ม", "Suan Som"),
    ("สายบัว", "Sai Bua"), ("สุขสันต์", "Suk San"),
    ("หงส์ทอง", "Hong Thong"), ("หลวงพ่อขาว", "Luang Pho Khao"),
    ("อินทนิล", "Inthanin"), ("อ้อมสวน", "Om Suan"),
)  # fmt: skip
AFFIXES = (
    ("", ""), ("วิลล์", " Ville"), ("ปาร์ค", " Park"), ("ธานี", " Thani"), ("นิเวศน์", " Niwet"),
    ("การ์เด้น", " Garden"), ("โฮม", " Home"), ("พัฒนา", " Phatthana"),
)  # fmt: skip


def surnames(number: int, rng: np.random.Generator) -> tuple[str, ...]:
    """Distinct surnames of two or three syllables; at most ``number`` of them."""
    shape = (len(FIRST_SYLLABLES), len(MIDDLE_SYLLABLES), len(LAST_SYLLABLES))
    drawn = rng.choice(int(np.prod(shape)), size=min(number, int(np.prod(shape))), replace=False)
    first, middle, last = np.unravel_index(drawn, shape)
    made = [
        FIRST_SYLLABLES[a] + MIDDLE_SYLLABLES[b] + LAST_SYLLABLES[c]
        for a, b, c in zip(first.tolist(), middle.tolist(), last.tolist(), strict=True)
    ]
    return tuple(dict.fromkeys(made))


def place(number: int) -> tuple[str, str]:
    """The name (Thai, English) of the ``number``-th quarter or street; distinct for each number."""
    number, which = divmod(number, len(PLACES))
    turn, affix = divmod(number, len(AFFIXES))
    # Neighbouring numbers get unlike names.
    thai, english = PLACES[(which * 17 + number * 5) % len(PLACES)]
    suffix = f" {turn + 1}" if turn else ""
    return f"{thai}{AFFIXES[affix][0]}{suffix}", f"{english}{AFFIXES[affix][1]}{suffix}"

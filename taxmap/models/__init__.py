from __future__ import annotations

from .assessment import Assessment
from .bank import BankLine, BankReport
from .bill import Bill, BillKind, BillNote
from .condominium import Condominium, CondominiumUnit
from .inspection import FormerFact, Inspection
from .lead import BuildingOutline, Cause, Lead, LeadNote
from .ledger import Account, AccountPurpose, AccountType, Balance, Entry, Leg
from .notice import (
    Delivery,
    Letterhead,
    Notice,
    NoticeBatch,
    NoticeKind,
    NoticePart,
    TaxpayerAddress,
)
from .objection import Objection, ObjectionDocument
from .payment import CashUp, InstalmentPlan, Means, Payment, Receipt, ReceiptSeries
from .price import BuildingPrice, CondominiumPrice, LandPrice, PriceImport, PriceRejection
from .property import Building, Structure, TaxUse, UnitKind, UnitUse, ValuationUnit
from .request import MoneyRequest
from .sale import RejectedSale, Sale, SaleFile
from .signboard import Lettering, Signboard
from .tax_map import Street, TaxBlock, TaxZone
from .visits import (
    CollectionBook,
    CollectionRound,
    RejectedVisit,
    RoundStop,
    Visit,
)
from .year import JointParcels, RollStage, TaxYear

__all__ = [
    "Account",
    "AccountPurpose",
    "AccountType",
    "Assessment",
    "Balance",
    "BankLine",
    "BankReport",
    "Bill",
    "BillKind",
    "BillNote",
    "Building",
    "BuildingOutline",
    "BuildingPrice",
    "CashUp",
    "Cause",
    "CollectionBook",
    "CollectionRound",
    "Condominium",
    "CondominiumPrice",
    "CondominiumUnit",
    "Delivery",
    "Entry",
    "FormerFact",
    "Inspection",
    "InstalmentPlan",
    "JointParcels",
    "LandPrice",
    "Lead",
    "LeadNote",
    "Leg",
    "Letterhead",
    "Lettering",
    "Means",
    "MoneyRequest",
    "Notice",
    "NoticeBatch",
    "NoticeKind",
    "NoticePart",
    "Objection",
    "ObjectionDocument",
    "Payment",
    "PriceImport",
    "PriceRejection",
    "Receipt",
    "ReceiptSeries",
    "RejectedSale",
    "RejectedVisit",
    "RollStage",
    "RoundStop",
    "Sale",
    "SaleFile",
    "Signboard",
    "Street",
    "Structure",
    "TaxBlock",
    "TaxUse",
    "TaxYear",
    "TaxZone",
    "TaxpayerAddress",
    "UnitKind",
    "UnitUse",
    "ValuationUnit",
    "Visit",
]

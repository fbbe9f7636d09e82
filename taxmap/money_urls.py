"""Addresses of the cashier's desk, the bank's reports and arrears."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from taxmap.views import arrears, bank, cash, payments

urlpatterns: list[URLPattern | URLResolver] = [
    path("taxmap/counter/", payments.counter, name="taxmap-counter"),
    path("taxmap/counter/journal/", cash.journal, name="taxmap-journal"),
    path("taxmap/counter/bills/<str:public_id>/", payments.counter_bill,
         name="taxmap-counter-bill"),
    path("taxmap/counter/bills/<str:public_id>/request/", payments.bill_request,
         name="taxmap-bill-request"),
    path("taxmap/payments/<str:public_id>/request/", payments.payment_request,
         name="taxmap-payment-request"),
    path("taxmap/receipts/<str:public_id>/", payments.receipt, name="taxmap-receipt"),
    path("taxmap/money-requests/", cash.to_decide, name="taxmap-money-requests"),
    path("taxmap/money-requests/<int:number>/", cash.decide, name="taxmap-money-decide"),
    path("taxmap/cash-days/<int:number>/", cash.check_day, name="taxmap-cash-check"),
    path("taxmap/bank/", bank.reports, name="taxmap-bank"),
    path("taxmap/bank/lines/<int:number>/", bank.line_request, name="taxmap-bank-line"),
    path("taxmap/bank/reports/<int:number>/settle/", bank.settle, name="taxmap-bank-settle"),
    path("taxmap/arrears/", arrears.arrears, name="taxmap-arrears"),
    path("taxmap/arrears.csv", arrears.land_office_csv, name="taxmap-arrears-csv"),
]  # fmt: skip

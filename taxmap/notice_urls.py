"""Addresses of letters to taxpayers."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from taxmap.views import money_papers, notice_setup, notices

urlpatterns: list[URLPattern | URLResolver] = [
    path("taxmap/notices/", notices.home, name="taxmap-notices"),
    path("taxmap/notices/preview.pdf", notices.preview, name="taxmap-notice-preview"),
    path("taxmap/notices/received/", notices.received, name="taxmap-notices-received"),
    path("taxmap/notices/letterhead/", notice_setup.letterhead, name="taxmap-letterhead"),
    path("taxmap/notices/addresses/", notice_setup.addresses, name="taxmap-addresses"),
    path("taxmap/notices/<str:public_id>/", notices.batch, name="taxmap-notice-batch"),
    path("taxmap/notices/<str:public_id>/email/", notices.email, name="taxmap-notice-email"),
    path("taxmap/notices/<str:public_id>/list.csv", notices.delivery_csv,
         name="taxmap-notice-list"),
    path("taxmap/notices/<str:public_id>/list.pdf", notices.delivery_pdf,
         name="taxmap-notice-list-pdf"),
    path("taxmap/notices/<str:public_id>/<int:number>.pdf", notices.part_file,
         name="taxmap-notice-part"),
    path("taxmap/receipts/<str:public_id>/receipt.pdf", money_papers.receipt_file,
         name="taxmap-receipt-file"),
    path("taxmap/arrears/letter.pdf", money_papers.arrears_letter, name="taxmap-arrears-letter"),
    path("tax/notices/<str:token>/", notices.by_link, name="taxmap-notice-link"),
]  # fmt: skip

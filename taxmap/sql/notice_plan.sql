-- Puts letters into postal order and into parts, all at once: by the postcode that a taxpayer gave,
-- then zone and block, street, house number and parcel code of the plot that letters go to.
-- reading.home_first chooses that plot by the same rule.
WITH chosen AS (
    SELECT bill.id, bill.taxpayers, bill.number
    FROM taxmap_bill AS bill
    WHERE bill.local_authority_id = %(authority)s
      AND bill.tax_year = %(year)s
      AND bill.kind = %(bill_kind)s
      AND (bill.number IS NOT NULL OR %(drafts)s)
      AND (%(bill)s::bigint IS NULL OR bill.id = %(bill)s)
      AND (%(first)s::int IS NULL OR bill.number >= %(first)s)
      AND (%(last)s::int IS NULL OR bill.number <= %(last)s)
      AND (NOT %(with_tax)s OR bill.tax_satang > 0)
      AND (NOT %(not_received)s OR bill.notified_on IS NULL)
      AND (NOT %(not_reminded)s OR bill.reminded_on IS NULL)
      AND (NOT %(with_debt)s OR EXISTS (
          SELECT FROM taxmap_balance AS balance
          WHERE balance.bill_id = bill.id AND balance.due_satang > 0
      ))
),
home AS (
    SELECT DISTINCT ON (chosen.id)
        chosen.id,
        substr(parcel.tax_parcel_code, 1, 3) AS block,
        parcel.street_th,
        coalesce(substring(parcel.house_number FROM '^[0-9]{1,9}')::int, 0) AS house,
        coalesce(substring(parcel.house_number FROM '/([0-9]{1,9})')::int, 0) AS sub_house,
        parcel.tax_parcel_code AS code
    FROM chosen
    JOIN taxmap_assessment AS assessed ON assessed.bill_id = chosen.id
    JOIN taxmap_valuationunit AS unit ON unit.id = assessed.unit_id
    JOIN parcels_parcel AS parcel ON parcel.id = unit.parcel_id
    ORDER BY chosen.id,
             (assessed.lines #>> '{property,uses}') NOT LIKE '%%main_home%%',
             parcel.house_number = '',
             parcel.tax_parcel_code
),
sorted AS (
    SELECT chosen.id, chosen.taxpayers,
           row_number() OVER (
               ORDER BY coalesce(address.postcode, ''), home.block, home.street_th, home.house,
                        home.sub_house, home.code, chosen.number, chosen.id
           ) AS position
    FROM chosen
    JOIN home ON home.id = chosen.id
    LEFT JOIN LATERAL (
        SELECT kept.postcode
        FROM unnest(chosen.taxpayers) WITH ORDINALITY AS payer (party_id, place)
        JOIN taxmap_taxpayeraddress AS kept
            ON kept.party_id = payer.party_id AND kept.local_authority_id = %(authority)s
        ORDER BY payer.place
        LIMIT 1
    ) AS address ON true
    WHERE %(area)s = '' OR home.code LIKE %(area)s
)
SELECT id, taxpayers, position FROM sorted ORDER BY position

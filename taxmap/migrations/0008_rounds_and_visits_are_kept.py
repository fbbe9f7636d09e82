from __future__ import annotations

from pathlib import Path

import django.contrib.gis.db.models.fields
import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


SQL = Path(__file__).parent / "sql"


def both(name: str) -> migrations.RunSQL:
    """The statements of a file and those that undo them."""
    up, down = (SQL / f"{name}.{way}.sql" for way in ("up", "down"))
    return migrations.RunSQL(up.read_text(encoding="utf-8"), down.read_text(encoding="utf-8"))


class Migration(migrations.Migration):

    dependencies = [
        ('offices', '0008_the_trail_is_indexed_once'),
        ('taxmap', '0007_assessed_bills_stand'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CollectionBook',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(db_comment='รหัสสุ่มที่เปิดเผยได้ (128 bit)', db_default=models.Func(models.Func(models.Func(16, function='gen_random_bytes'), models.Value('base64'), function='encode'), models.Value('+/='), models.Value('-_'), function='translate'), editable=False, max_length=32, unique=True)),
                ('tax_year', models.PositiveSmallIntegerField(db_comment='ปีภาษี (ค.ศ.)')),
                ('area', models.CharField(blank=True, db_comment='เขตและเขตย่อย เช่น 01A; blank for all', max_length=3)),
                ('choices', models.JSONField(db_comment='เงื่อนไขที่เลือก: state, least due, years, minutes, stops, minutes at a stop')),
                ('unreached', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), db_comment='taxmap_valuationunit.id ที่ไม่มีถนนเข้าถึง', default=list, size=None)),
                ('made_at', models.DateTimeField(db_comment='เวลาที่จัดทำ')),
                ('local_authority', models.ForeignKey(db_comment='อปท.', on_delete=django.db.models.deletion.PROTECT, related_name='+', to='offices.office')),
                ('made_by', models.ForeignKey(db_comment='ผู้จัดทำ', on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'book of rounds',
                'verbose_name_plural': 'books of rounds',
                'db_table_comment': 'สมุดสายเดินเก็บภาษี',
            },
        ),
        migrations.CreateModel(
            name='CollectionRound',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(db_comment='รหัสสุ่มที่เปิดเผยได้ (128 bit)', db_default=models.Func(models.Func(models.Func(16, function='gen_random_bytes'), models.Value('base64'), function='encode'), models.Value('+/='), models.Value('-_'), function='translate'), editable=False, max_length=32, unique=True)),
                ('number', models.PositiveSmallIntegerField(db_comment='ลำดับที่ของสายในสมุด')),
                ('walk', django.contrib.gis.db.models.fields.LineStringField(db_comment='แนวเดิน, lon/lat WGS 84; null where nothing is to walk', null=True, srid=4326)),
                ('length_m', models.PositiveIntegerField(db_comment='ระยะเดินรวม (เมตร)')),
                ('minutes', models.PositiveSmallIntegerField(db_comment='เวลาเดินและเข้าพบโดยประมาณ (นาที)')),
                ('book', models.ForeignKey(db_comment='สมุดสายเดิน', on_delete=django.db.models.deletion.PROTECT, related_name='rounds', to='taxmap.collectionbook')),
            ],
            options={
                'verbose_name': 'round',
                'verbose_name_plural': 'rounds',
                'db_table_comment': 'สายเดินเก็บภาษี',
            },
        ),
        migrations.CreateModel(
            name='RejectedVisit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('content', models.TextField(db_comment='รายการตามที่ได้รับ (JSON)')),
                ('code', models.CharField(db_comment='รหัสเหตุที่ไม่รับ', max_length=60)),
                ('evidence', models.JSONField(db_comment='รายละเอียดของเหตุ')),
                ('sent_at', models.DateTimeField(db_comment='เวลาที่ได้รับ')),
                ('round', models.ForeignKey(db_comment='สายเดิน', on_delete=django.db.models.deletion.PROTECT, related_name='rejected', to='taxmap.collectionround')),
                ('sent_by', models.ForeignKey(db_comment='ผู้ส่ง', on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'rejected visit',
                'verbose_name_plural': 'rejected visits',
                'db_table_comment': 'รายการออกพบที่ไม่รับ พร้อมเหตุผล',
            },
        ),
        migrations.CreateModel(
            name='RoundStop',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('order', models.PositiveSmallIntegerField(db_comment='ลำดับที่เข้าพบ 1..')),
                ('walk_m', models.PositiveIntegerField(db_comment='ระยะเดินจากจุดก่อน (เมตร)')),
                ('bill', models.ForeignKey(db_comment='แบบแจ้งการประเมินของปี; null when there is none', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='taxmap.bill')),
                ('round', models.ForeignKey(db_comment='สายเดิน', on_delete=django.db.models.deletion.CASCADE, related_name='stops', to='taxmap.collectionround')),
                ('unit', models.ForeignKey(db_comment='หน่วยประเมิน', on_delete=django.db.models.deletion.PROTECT, related_name='stops', to='taxmap.valuationunit')),
            ],
            options={
                'verbose_name': 'stop',
                'verbose_name_plural': 'stops',
                'db_table_comment': 'จุดเข้าพบในสายเดิน',
            },
        ),
        migrations.CreateModel(
            name='Visit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(db_comment='รหัสที่อุปกรณ์ออกให้; the same visit twice is one', unique=True)),
                ('outcome', models.CharField(choices=[('promised', 'will pay'), ('paid', 'shows that it is paid'), ('handed_over', 'notice handed over'), ('absent', 'nobody there'), ('refused', 'refuses'), ('wrong_address', 'wrong address'), ('other', 'other, see note')], db_comment='ผลการออกพบ', max_length=14)),
                ('note', models.CharField(blank=True, db_comment='หมายเหตุ', max_length=500)),
                ('next_on', models.DateField(blank=True, db_comment='วันที่นัดหรือจะไปอีก', null=True)),
                ('visited_at', models.DateTimeField(db_comment='เวลาที่ออกพบ ตามอุปกรณ์')),
                ('recorded_at', models.DateTimeField(db_comment='เวลาที่ระบบได้รับ')),
                ('stop', models.ForeignKey(db_comment='จุดเข้าพบในสายเดิน; null outside rounds', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='visits', to='taxmap.roundstop')),
                ('unit', models.ForeignKey(db_comment='หน่วยประเมิน', on_delete=django.db.models.deletion.PROTECT, related_name='visits', to='taxmap.valuationunit')),
                ('visited_by', models.ForeignKey(db_comment='ผู้ออกพบ', on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'visit',
                'verbose_name_plural': 'visits',
                'db_table_comment': 'การออกพบผู้เสียภาษี',
            },
        ),
        migrations.AddIndex(
            model_name='collectionbook',
            index=models.Index(fields=['local_authority', '-made_at'], name='book_of_an_authority'),
        ),
        migrations.AddConstraint(
            model_name='collectionround',
            constraint=models.UniqueConstraint(fields=('book', 'number'), name='round_is_numbered_once'),
        ),
        migrations.AddConstraint(
            model_name='roundstop',
            constraint=models.UniqueConstraint(fields=('round', 'order'), name='stop_has_one_place'),
        ),
        migrations.AddConstraint(
            model_name='roundstop',
            constraint=models.UniqueConstraint(fields=('round', 'unit'), name='unit_is_once_in_a_round'),
        ),
        migrations.AddConstraint(
            model_name='roundstop',
            constraint=models.CheckConstraint(condition=models.Q(('order__gte', 1)), name='stops_are_counted_from_one'),
        ),
        migrations.AddIndex(
            model_name='visit',
            index=models.Index(fields=['unit', '-visited_at', '-id'], name='last_visit_of_a_unit'),
        ),
        migrations.AddConstraint(
            model_name='visit',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('outcome', 'promised'), _negated=True), ('next_on__isnull', False), _connector='OR'), name='promise_names_its_day'),
        ),
        migrations.AddConstraint(
            model_name='visit',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('outcome', 'other'), _negated=True), models.Q(('note', ''), _negated=True), _connector='OR'), name='other_outcome_is_described'),
        ),
        migrations.AddConstraint(
            model_name='visit',
            constraint=models.CheckConstraint(condition=models.Q(('visited_at__lte', models.F('recorded_at'))), name='visit_is_recorded_after_it_was'),
        ),
        both("visits_are_kept"),
    ]

import django.contrib.gis.db.models.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('appointments', '0004_one_index_finds_the_times'),
        ('offices', '0005_a_failed_job_names_its_error'),
        ('offices', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='BookingPlace',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_internal', models.BooleanField(db_comment='ใช้ที่ของเจ้าหน้าที่', db_default=False, default=False)),
                ('is_live', models.BooleanField(db_comment='ยังกันที่อยู่', db_default=True, default=True)),
                ('release_at', models.DateTimeField(db_comment='คืนที่เมื่อ; a cancelled place comes back after a random delay', null=True)),
            ],
            options={
                'verbose_name': 'place in a slot',
                'verbose_name_plural': 'places in slots',
                'db_table_comment': 'ที่นั่งของการจองในแต่ละช่วงเวลา',
            },
        ),
        migrations.CreateModel(
            name='Counter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(db_comment='หมายเลขช่อง', max_length=10, verbose_name='number')),
                ('opened_at', models.DateTimeField(blank=True, db_comment='เปิดช่องเมื่อ', null=True)),
                ('is_active', models.BooleanField(db_comment='ใช้งาน', default=True, verbose_name='in use')),
            ],
            options={
                'verbose_name': 'counter',
                'verbose_name_plural': 'counters',
                'db_table_comment': 'ช่องบริการ',
            },
        ),
        migrations.CreateModel(
            name='CounterGroup',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(db_comment='รหัสกลุ่มช่องบริการ', max_length=40, verbose_name='code')),
                ('name_th', models.CharField(db_comment='ชื่อภาษาไทย', max_length=200, verbose_name='Thai name')),
                ('name_en', models.CharField(db_comment='ชื่อภาษาอังกฤษ', max_length=200, verbose_name='English name')),
                ('slot_minutes', models.PositiveSmallIntegerField(db_comment='ความยาวช่วงเวลา (นาที)', default=15, verbose_name='minutes of a slot')),
                ('public_counters', models.PositiveSmallIntegerField(db_comment='จำนวนรายที่ประชาชนจองได้ต่อช่วงเวลา', default=1, verbose_name='counters for public bookings')),
                ('internal_counters', models.PositiveSmallIntegerField(db_comment='จำนวนรายที่เจ้าหน้าที่จองได้เพิ่มต่อช่วงเวลา', default=0, verbose_name='counters for bookings by the office')),
                ('notice_minutes', models.PositiveSmallIntegerField(db_comment='ต้องจองล่วงหน้าอย่างน้อย (นาที)', default=30, verbose_name='shortest notice in minutes')),
                ('days_ahead', models.PositiveSmallIntegerField(db_comment='จองล่วงหน้าได้ไม่เกิน (วัน)', default=45, verbose_name='days that can be booked ahead')),
                ('hold_minutes', models.PositiveSmallIntegerField(db_comment='เวลาที่กันที่ไว้ระหว่างกรอกข้อมูล (นาที)', default=10, verbose_name='minutes a place is held')),
                ('release_from_minutes', models.PositiveSmallIntegerField(db_comment='คืนที่ว่างหลังยกเลิกอย่างเร็ว (นาที); a random delay hinders trading', default=5, verbose_name='a cancelled place is free again after at least (minutes)')),
                ('release_to_minutes', models.PositiveSmallIntegerField(db_comment='คืนที่ว่างหลังยกเลิกอย่างช้า (นาที)', default=20, verbose_name='and at most (minutes)')),
                ('bookings_per_phone', models.PositiveSmallIntegerField(db_comment='จำนวนการจองที่หมายเลขโทรศัพท์หนึ่งถือได้พร้อมกันในสำนักงาน', default=3, verbose_name='bookings a telephone number may hold')),
                ('is_active', models.BooleanField(db_comment='เปิดให้จอง', default=True, verbose_name='can be booked')),
            ],
            options={
                'verbose_name': 'counter group',
                'verbose_name_plural': 'counter groups',
                'db_table_comment': 'กลุ่มช่องบริการ',
            },
        ),
        migrations.CreateModel(
            name='ServiceDocument',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('order', models.PositiveSmallIntegerField(db_comment='ลำดับ', default=0, verbose_name='order')),
                ('name_th', models.CharField(db_comment='เอกสาร', max_length=300, verbose_name='Thai name')),
                ('name_en', models.CharField(db_comment='เอกสาร (อังกฤษ)', max_length=300, verbose_name='English name')),
                ('when_th', models.CharField(blank=True, db_comment='เฉพาะกรณี; empty: always', max_length=200, verbose_name='only if, Thai')),
                ('when_en', models.CharField(blank=True, db_comment='เฉพาะกรณี (อังกฤษ)', max_length=200, verbose_name='only if, English')),
            ],
            options={
                'verbose_name': 'document of a service',
                'verbose_name_plural': 'documents of services',
                'db_table_comment': 'เอกสารที่บริการต้องใช้',
                'ordering': ['order', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='SpecialOpening',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(db_comment='วันที่', verbose_name='day')),
                ('opens_at', models.TimeField(db_comment='เวลาเปิด (Asia/Bangkok)', verbose_name='opens at')),
                ('closes_at', models.TimeField(db_comment='เวลาปิด (Asia/Bangkok)', verbose_name='closes at')),
                ('public_counters', models.PositiveSmallIntegerField(blank=True, db_comment='จำนวนรายที่ประชาชนจองได้; null: that of the group', null=True, verbose_name='counters for public bookings')),
                ('internal_counters', models.PositiveSmallIntegerField(blank=True, db_comment='จำนวนรายที่เจ้าหน้าที่จองได้; null: that of the group', null=True, verbose_name='counters for bookings by the office')),
                ('place_th', models.CharField(blank=True, db_comment='สถานที่ (หน่วยเคลื่อนที่)', max_length=200, verbose_name='place in Thai')),
                ('place_en', models.CharField(blank=True, db_comment='สถานที่ (อังกฤษ)', max_length=200, verbose_name='place in English')),
                ('location', django.contrib.gis.db.models.fields.PointField(blank=True, db_comment='ตำแหน่งหน่วยเคลื่อนที่', null=True, srid=4326, verbose_name='location')),
            ],
            options={
                'verbose_name': 'special opening',
                'verbose_name_plural': 'special openings',
                'db_table_comment': 'วันทำการพิเศษและหน่วยเคลื่อนที่',
            },
        ),
        migrations.CreateModel(
            name='Ticket',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(db_comment='รหัสสุ่มที่เปิดเผยได้ (128 bit)', db_default=models.Func(models.Func(models.Func(16, function='gen_random_bytes'), models.Value('base64'), function='encode'), models.Value('+/='), models.Value('-_'), function='translate'), editable=False, max_length=32, unique=True)),
                ('day', models.DateField(db_comment='วันที่')),
                ('number', models.CharField(db_comment='เลขบัตรคิว เช่น A012', max_length=8)),
                ('parcel_public_id', models.CharField(blank=True, db_comment='รหัสแปลงที่ดินที่เกี่ยวข้อง', max_length=32)),
                ('needs', models.JSONField(db_comment='สิ่งที่ต้องเตรียม [Need]', default=list)),
                ('priority', models.PositiveSmallIntegerField(db_comment='ลำดับความสำคัญ; 0 none, the higher the earlier', default=0)),
                ('due_at', models.DateTimeField(db_comment='เวลาที่ถึงคิว: walk-ins when they came, bookings at their time')),
                ('status', models.CharField(choices=[('waiting', 'waiting'), ('called', 'called'), ('serving', 'being served'), ('parked', 'returned for papers'), ('finished', 'finished'), ('missed', 'did not come when called'), ('left', 'left')], db_comment='สถานะ', default='waiting', max_length=8)),
                ('calls', models.PositiveSmallIntegerField(db_comment='จำนวนครั้งที่เรียก', default=0)),
                ('created_at', models.DateTimeField(db_comment='เวลาที่ได้บัตรคิว')),
                ('called_at', models.DateTimeField(db_comment='เวลาที่เรียกครั้งล่าสุด', null=True)),
                ('serving_at', models.DateTimeField(db_comment='เวลาที่เริ่มให้บริการ', null=True)),
                ('ended_at', models.DateTimeField(db_comment='เวลาที่เสร็จสิ้น', null=True)),
            ],
            options={
                'verbose_name': 'ticket',
                'verbose_name_plural': 'tickets',
                'db_table_comment': 'บัตรคิวของวัน',
            },
        ),
        migrations.CreateModel(
            name='TicketEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(db_comment='เหตุการณ์ (รหัส)', max_length=20)),
                ('at', models.DateTimeField(db_comment='เวลา')),
                ('data', models.JSONField(db_comment='รายละเอียด', default=dict)),
            ],
            options={
                'verbose_name': 'event of a ticket',
                'verbose_name_plural': 'events of tickets',
                'db_table_comment': 'ลำดับเหตุการณ์ของบัตรคิว; insert only',
            },
        ),
        migrations.CreateModel(
            name='TicketSeries',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(db_comment='วันที่')),
                ('prefix', models.CharField(db_comment='อักษรนำหน้า', max_length=2)),
                ('last', models.PositiveIntegerField(db_comment='เลขล่าสุด', default=0)),
            ],
            options={
                'verbose_name': 'series of tickets',
                'verbose_name_plural': 'series of tickets',
                'db_table_comment': 'ลำดับเลขบัตรคิวของวัน',
            },
        ),
        migrations.CreateModel(
            name='WaitEstimate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('told_at', models.DateTimeField(db_comment='เวลาที่บอก')),
                ('ahead', models.PositiveSmallIntegerField(db_comment='จำนวนคิวก่อนหน้า')),
                ('counters', models.PositiveSmallIntegerField(db_comment='จำนวนช่องที่เปิด')),
                ('low_s', models.PositiveIntegerField(db_comment='อย่างเร็ว (วินาที)')),
                ('expected_s', models.PositiveIntegerField(db_comment='ที่คาด (วินาที)')),
                ('high_s', models.PositiveIntegerField(db_comment='อย่างช้า (วินาที)')),
            ],
            options={
                'verbose_name': 'estimate of a wait',
                'verbose_name_plural': 'estimates of waits',
                'db_table_comment': 'เวลารอที่แจ้งไว้ เพื่อเทียบกับที่รอจริง',
            },
        ),
        migrations.CreateModel(
            name='WaitingListEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token', models.CharField(db_comment='รหัสสุ่มที่เปิดเผยได้ (128 bit)', db_default=models.Func(models.Func(models.Func(16, function='gen_random_bytes'), models.Value('base64'), function='encode'), models.Value('+/='), models.Value('-_'), function='translate'), editable=False, max_length=32, unique=True)),
                ('first_day', models.DateField(db_comment='ตั้งแต่วันที่')),
                ('last_day', models.DateField(db_comment='ถึงวันที่')),
                ('people', models.PositiveSmallIntegerField(db_comment='จำนวนผู้มา', default=1)),
                ('name', models.CharField(blank=True, db_comment='ชื่อ; personal data', max_length=120)),
                ('phone', models.CharField(blank=True, db_comment='โทรศัพท์; personal data', max_length=20)),
                ('email', models.CharField(blank=True, db_comment='อีเมล; personal data', max_length=200)),
                ('parcel_public_id', models.CharField(blank=True, db_comment='รหัสแปลงที่ดิน', max_length=32)),
                ('language', models.CharField(blank=True, db_comment='ภาษา', max_length=5)),
                ('status', models.CharField(choices=[('waiting', 'waiting'), ('offered', 'a place is offered'), ('taken', 'took a place'), ('left', 'left the list'), ('ended', 'the days have passed')], db_comment='สถานะ', default='waiting', max_length=8)),
                ('offers', models.PositiveSmallIntegerField(db_comment='จำนวนครั้งที่เสนอแล้ว', default=0)),
                ('created_at', models.DateTimeField(db_comment='เวลาที่เข้ารายชื่อ')),
                ('changed_at', models.DateTimeField(db_comment='เวลาที่เปลี่ยนครั้งล่าสุด')),
            ],
            options={
                'verbose_name': 'entry of the waiting list',
                'verbose_name_plural': 'waiting list',
                'db_table_comment': 'รายชื่อรอคิว; personal data, staff only',
            },
        ),
        migrations.RemoveConstraint(
            model_name='booking',
            name='booking_status_is_known',
        ),
        migrations.RemoveIndex(
            model_name='booking',
            name='booking_by_phone',
        ),
        migrations.AddField(
            model_name='booking',
            name='also',
            field=models.ManyToManyField(blank=True, related_name='+', to='appointments.service', verbose_name='services beside it'),
        ),
        migrations.AddField(
            model_name='booking',
            name='channel',
            field=models.CharField(choices=[('public', 'by the citizen'), ('internal', 'by the office')], db_comment='ช่องทาง', db_default='public', default='public', max_length=8),
        ),
        migrations.AddField(
            model_name='booking',
            name='code_digest',
            field=models.CharField(blank=True, db_comment='SHA-256 ของรหัสยืนยัน', db_default='', max_length=64),
        ),
        migrations.AddField(
            model_name='booking',
            name='confirmed_at',
            field=models.DateTimeField(db_comment='ยืนยันด้วยรหัสเมื่อ; null: not asked for', null=True),
        ),
        migrations.AddField(
            model_name='booking',
            name='documents_ready',
            field=models.JSONField(db_comment='เอกสารที่ผู้จองเตรียมแล้ว (pk ของ ServiceDocument)', db_default=[], default=list),
        ),
        migrations.AddField(
            model_name='booking',
            name='email',
            field=models.CharField(blank=True, db_comment='อีเมล; personal data, empty once forgotten', db_default='', max_length=200),
        ),
        migrations.AddField(
            model_name='booking',
            name='held_until',
            field=models.DateTimeField(db_comment='กันที่ไว้ถึง; null unless held', null=True),
        ),
        migrations.AddField(
            model_name='booking',
            name='language',
            field=models.CharField(blank=True, db_comment='ภาษาของผู้จอง', db_default='', max_length=5),
        ),
        migrations.AddField(
            model_name='booking',
            name='needs',
            field=models.JSONField(db_comment='สิ่งที่ต้องเตรียม [Need]', db_default=[], default=list),
        ),
        migrations.AddField(
            model_name='booking',
            name='people',
            field=models.PositiveSmallIntegerField(db_comment='จำนวนผู้มา', db_default=1, default=1),
        ),
        migrations.AddField(
            model_name='booking',
            name='reminded_at',
            field=models.DateTimeField(db_comment='เตือนเมื่อ', null=True),
        ),
        migrations.AddField(
            model_name='booking',
            name='service',
            field=models.ForeignKey(db_comment='บริการหลัก', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='bookings', to='appointments.service'),
        ),
        migrations.AddField(
            model_name='openinghours',
            name='every_weeks',
            field=models.PositiveSmallIntegerField(db_comment='ทุกกี่สัปดาห์ นับจากสัปดาห์ของ first_day', db_default=1, default=1, verbose_name='every so many weeks'),
        ),
        migrations.AddField(
            model_name='openinghours',
            name='first_day',
            field=models.DateField(blank=True, db_comment='ตั้งแต่วันที่', null=True, verbose_name='from'),
        ),
        migrations.AddField(
            model_name='openinghours',
            name='internal_counters',
            field=models.PositiveSmallIntegerField(blank=True, db_comment='จำนวนรายที่เจ้าหน้าที่จองได้; null: that of the group', null=True, verbose_name='counters for bookings by the office'),
        ),
        migrations.AddField(
            model_name='openinghours',
            name='last_day',
            field=models.DateField(blank=True, db_comment='ถึงวันที่', null=True, verbose_name='until'),
        ),
        migrations.AddField(
            model_name='openinghours',
            name='public_counters',
            field=models.PositiveSmallIntegerField(blank=True, db_comment='จำนวนรายที่ประชาชนจองได้; null: that of the group', null=True, verbose_name='counters for public bookings'),
        ),
        migrations.AddField(
            model_name='service',
            name='fee',
            field=models.CharField(blank=True, choices=[('', 'no fee is estimated'), ('sale', 'sale'), ('gift', 'gift'), ('inheritance', 'inheritance'), ('mortgage', 'mortgage'), ('redemption', 'redemption of a mortgage'), ('application', 'application only')], db_comment='ประเภทค่าธรรมเนียมที่ประมาณการ', default='', max_length=12, verbose_name='fee that is estimated'),
        ),
        migrations.AddField(
            model_name='service',
            name='most_people',
            field=models.PositiveSmallIntegerField(db_comment='จำนวนผู้มาสูงสุดต่อการจอง', default=6, verbose_name='most people of one visit'),
        ),
        migrations.AddField(
            model_name='service',
            name='slots',
            field=models.PositiveSmallIntegerField(db_comment='จำนวนช่วงเวลาติดกันที่ใช้', default=1, verbose_name='slots in a row'),
        ),
        migrations.AddField(
            model_name='service',
            name='ticket_prefix',
            field=models.CharField(blank=True, db_comment='อักษรนำหน้าเลขคิวหน้างาน; empty: that of the office', default='', max_length=2, verbose_name='letter of its tickets'),
        ),
        migrations.AddField(
            model_name='slot',
            name='internal_capacity',
            field=models.PositiveSmallIntegerField(db_comment='จำนวนที่เจ้าหน้าที่จองได้เพิ่ม', db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='slot',
            name='internal_taken',
            field=models.PositiveSmallIntegerField(db_comment='จำนวนที่เจ้าหน้าที่จองแล้ว; counted by a trigger on places', db_default=0, default=0, editable=False),
        ),
        migrations.AlterField(
            model_name='booking',
            name='status',
            field=models.CharField(choices=[('held', 'held'), ('booked', 'booked'), ('arrived', 'arrived'), ('served', 'served'), ('missed', 'missed'), ('passed', 'over'), ('cancelled', 'cancelled'), ('expired', 'expired')], db_comment='สถานะ', default='booked', max_length=12),
        ),
        migrations.AlterField(
            model_name='slot',
            name='capacity',
            field=models.PositiveSmallIntegerField(db_comment='จำนวนที่ประชาชนจองได้'),
        ),
        migrations.AlterField(
            model_name='slot',
            name='taken',
            field=models.PositiveSmallIntegerField(db_comment='จำนวนที่จองแล้ว; counted by a trigger on places', default=0, editable=False),
        ),
        migrations.AddIndex(
            model_name='booking',
            index=models.Index(condition=models.Q(('status__in', ['held', 'booked', 'arrived'])), fields=['phone'], name='booking_by_phone'),
        ),
        migrations.AddIndex(
            model_name='booking',
            index=models.Index(condition=models.Q(('status', 'held')), fields=['held_until'], name='holds_that_end'),
        ),
        migrations.AddField(
            model_name='bookingplace',
            name='booking',
            field=models.ForeignKey(db_comment='การจอง', on_delete=django.db.models.deletion.CASCADE, related_name='places', to='appointments.booking'),
        ),
        migrations.AddField(
            model_name='bookingplace',
            name='slot',
            field=models.ForeignKey(db_comment='ช่วงเวลา', on_delete=django.db.models.deletion.PROTECT, related_name='places', to='appointments.slot'),
        ),
        migrations.AddField(
            model_name='counter',
            name='clerk',
            field=models.ForeignKey(blank=True, db_comment='เจ้าหน้าที่ประจำช่องขณะนี้; null: closed', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='clerk at the counter'),
        ),
        migrations.AddField(
            model_name='counter',
            name='office',
            field=models.ForeignKey(db_comment='สำนักงาน', on_delete=django.db.models.deletion.PROTECT, related_name='counters', to='offices.office', verbose_name='office'),
        ),
        migrations.AddField(
            model_name='counter',
            name='services',
            field=models.ManyToManyField(blank=True, related_name='counters', to='appointments.service', verbose_name='services'),
        ),
        migrations.AddField(
            model_name='countergroup',
            name='office',
            field=models.ForeignKey(db_comment='สำนักงาน', on_delete=django.db.models.deletion.PROTECT, related_name='counter_groups', to='offices.office', verbose_name='office'),
        ),
        migrations.AddField(
            model_name='openinghours',
            name='group',
            field=models.ForeignKey(blank=True, db_comment='กลุ่มช่องบริการ; null: all of the office', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='appointments.countergroup', verbose_name='counter group'),
        ),
        migrations.AddField(
            model_name='service',
            name='group',
            field=models.ForeignKey(db_comment='กลุ่มช่องบริการ', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='services', to='appointments.countergroup', verbose_name='counter group'),
        ),
        migrations.AddField(
            model_name='slot',
            name='group',
            field=models.ForeignKey(db_comment='กลุ่มช่องบริการ', db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='slots', to='appointments.countergroup'),
        ),
        migrations.AddField(
            model_name='servicedocument',
            name='service',
            field=models.ForeignKey(db_comment='บริการ', on_delete=django.db.models.deletion.CASCADE, related_name='documents', to='appointments.service'),
        ),
        migrations.AddField(
            model_name='specialopening',
            name='group',
            field=models.ForeignKey(db_comment='กลุ่มช่องบริการ', on_delete=django.db.models.deletion.CASCADE, related_name='special_openings', to='appointments.countergroup', verbose_name='counter group'),
        ),
        migrations.AddField(
            model_name='ticket',
            name='booking',
            field=models.OneToOneField(db_comment='การจอง; null for a walk-in', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='ticket', to='appointments.booking'),
        ),
        migrations.AddField(
            model_name='ticket',
            name='clerk',
            field=models.ForeignKey(db_comment='เจ้าหน้าที่ที่เรียก', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='ticket',
            name='counter',
            field=models.ForeignKey(db_comment='ช่องบริการที่เรียก; null while waiting', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='appointments.counter'),
        ),
        migrations.AddField(
            model_name='ticket',
            name='office',
            field=models.ForeignKey(db_comment='สำนักงาน', on_delete=django.db.models.deletion.PROTECT, related_name='tickets', to='offices.office'),
        ),
        migrations.AddField(
            model_name='ticket',
            name='service',
            field=models.ForeignKey(db_comment='บริการ', on_delete=django.db.models.deletion.PROTECT, related_name='tickets', to='appointments.service'),
        ),
        migrations.AddField(
            model_name='ticketevent',
            name='actor',
            field=models.ForeignKey(db_comment='เจ้าหน้าที่; null: the visitor or the service itself', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='ticketevent',
            name='counter',
            field=models.ForeignKey(db_comment='ช่องบริการ', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='appointments.counter'),
        ),
        migrations.AddField(
            model_name='ticketevent',
            name='ticket',
            field=models.ForeignKey(db_comment='บัตรคิว', on_delete=django.db.models.deletion.PROTECT, related_name='events', to='appointments.ticket'),
        ),
        migrations.AddField(
            model_name='ticketseries',
            name='office',
            field=models.ForeignKey(db_comment='สำนักงาน', on_delete=django.db.models.deletion.CASCADE, related_name='+', to='offices.office'),
        ),
        migrations.AddField(
            model_name='waitestimate',
            name='ticket',
            field=models.ForeignKey(db_comment='บัตรคิว', on_delete=django.db.models.deletion.CASCADE, related_name='estimates', to='appointments.ticket'),
        ),
        migrations.AddField(
            model_name='waitinglistentry',
            name='offered',
            field=models.ForeignKey(db_comment='การจองที่เสนอให้ (กันที่ไว้); null unless offered or taken', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='appointments.booking'),
        ),
        migrations.AddField(
            model_name='waitinglistentry',
            name='service',
            field=models.ForeignKey(db_comment='บริการ', on_delete=django.db.models.deletion.PROTECT, related_name='waiting', to='appointments.service'),
        ),
        migrations.AddIndex(
            model_name='bookingplace',
            index=models.Index(condition=models.Q(('release_at__isnull', False)), fields=['release_at'], name='places_to_release'),
        ),
        migrations.AddConstraint(
            model_name='bookingplace',
            constraint=models.UniqueConstraint(condition=models.Q(('is_live', True)), fields=('booking', 'slot'), name='a_booking_has_one_place_in_a_slot'),
        ),
        migrations.AddConstraint(
            model_name='bookingplace',
            constraint=models.CheckConstraint(condition=models.Q(('is_live', True), ('release_at', None), _connector='OR'), name='only_live_places_are_released'),
        ),
        migrations.AddConstraint(
            model_name='counter',
            constraint=models.UniqueConstraint(fields=('office', 'number'), name='counter_is_numbered_once'),
        ),
        migrations.AddConstraint(
            model_name='counter',
            constraint=models.UniqueConstraint(condition=models.Q(('clerk__isnull', False)), fields=('clerk',), name='a_clerk_is_at_one_counter'),
        ),
        migrations.AddConstraint(
            model_name='countergroup',
            constraint=models.UniqueConstraint(fields=('office', 'code'), name='counter_group_is_coded_once'),
        ),
        migrations.AddConstraint(
            model_name='countergroup',
            constraint=models.CheckConstraint(condition=models.Q(('slot_minutes__gte', 5), ('slot_minutes__lte', 480)), name='slots_take_some_time'),
        ),
        migrations.AddConstraint(
            model_name='countergroup',
            constraint=models.CheckConstraint(condition=models.Q(('release_to_minutes__gte', models.F('release_from_minutes'))), name='a_place_is_free_again_in_order'),
        ),
        migrations.AddConstraint(
            model_name='specialopening',
            constraint=models.CheckConstraint(condition=models.Q(('opens_at__lt', models.F('closes_at'))), name='special_day_opens_before_it_closes'),
        ),
        migrations.AddConstraint(
            model_name='specialopening',
            constraint=models.UniqueConstraint(fields=('group', 'day', 'opens_at'), name='special_opening_is_listed_once'),
        ),
        migrations.AddIndex(
            model_name='ticket',
            index=models.Index(condition=models.Q(('status', 'waiting')), fields=['office', 'day', 'due_at'], name='tickets_waiting'),
        ),
        migrations.AddIndex(
            model_name='ticket',
            index=models.Index(fields=['office', 'day', 'status'], name='tickets_of_the_day'),
        ),
        migrations.AddConstraint(
            model_name='ticket',
            constraint=models.UniqueConstraint(fields=('office', 'day', 'number'), name='ticket_is_numbered_once_a_day'),
        ),
        migrations.AddConstraint(
            model_name='ticket',
            constraint=models.UniqueConstraint(condition=models.Q(('status__in', ['called', 'serving'])), fields=('counter',), name='a_counter_has_one_visitor'),
        ),
        migrations.AddConstraint(
            model_name='ticket',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status__in', ['called', 'serving']), _negated=True), ('counter__isnull', False), _connector='OR'), name='who_is_called_has_a_counter'),
        ),
        migrations.AddIndex(
            model_name='ticketevent',
            index=models.Index(fields=['ticket', 'at'], name='ticket_events_in_order'),
        ),
        migrations.AddConstraint(
            model_name='ticketseries',
            constraint=models.UniqueConstraint(fields=('office', 'day', 'prefix'), name='tickets_are_counted_once_a_day'),
        ),
        migrations.AddIndex(
            model_name='waitinglistentry',
            index=models.Index(condition=models.Q(('status', 'waiting')), fields=['service', 'created_at'], name='waiting_in_order'),
        ),
        migrations.AddConstraint(
            model_name='waitinglistentry',
            constraint=models.UniqueConstraint(condition=models.Q(('status__in', ['waiting', 'offered']), models.Q(('phone', ''), _negated=True)), fields=('service', 'phone'), name='a_phone_waits_once_for_a_service'),
        ),
        migrations.AddConstraint(
            model_name='waitinglistentry',
            constraint=models.CheckConstraint(condition=models.Q(('first_day__lte', models.F('last_day'))), name='waiting_days_are_in_order'),
        ),
        # What migration 0007 takes away may be empty before: on the way back 0006 fills it first.
        migrations.AlterField("service", "minutes", models.PositiveSmallIntegerField(null=True)),
        migrations.AlterField("service", "capacity", models.PositiveSmallIntegerField(null=True)),
        migrations.AlterField(
            "slot", "service",
            models.ForeignKey(
                "appointments.service", models.PROTECT, null=True, db_index=False,
                related_name="slots",
            ),
        ),
    ]

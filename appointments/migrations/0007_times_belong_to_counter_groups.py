import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('appointments', '0006_services_move_to_counter_groups'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='booking',
            name='one_booking_per_phone_and_slot',
        ),
        migrations.RemoveConstraint(
            model_name='openinghours',
            name='opening_is_listed_once',
        ),
        migrations.RemoveConstraint(
            model_name='service',
            name='service_takes_some_time',
        ),
        migrations.RemoveConstraint(
            model_name='slot',
            name='slot_is_never_oversold',
        ),
        migrations.RemoveConstraint(
            model_name='slot',
            name='slot_starts_once',
        ),
        migrations.RemoveField(
            model_name='service',
            name='capacity',
        ),
        migrations.RemoveField(
            model_name='service',
            name='minutes',
        ),
        migrations.RemoveField(
            model_name='slot',
            name='service',
        ),
        migrations.AddConstraint(
            model_name='booking',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['held', 'booked', 'arrived', 'served', 'missed', 'passed', 'cancelled', 'expired'])), name='booking_status_is_known'),
        ),
        migrations.AddConstraint(
            model_name='booking',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('held_until__isnull', False), ('status', 'held')), models.Q(models.Q(('status', 'held'), _negated=True), ('held_until', None)), _connector='OR'), name='a_hold_ends'),
        ),
        migrations.AddConstraint(
            model_name='booking',
            constraint=models.UniqueConstraint(condition=models.Q(('status__in', ['held', 'booked', 'arrived']), models.Q(('phone', ''), _negated=True)), fields=('slot', 'phone'), name='one_booking_per_phone_and_slot'),
        ),
        migrations.AddConstraint(
            model_name='booking',
            constraint=models.UniqueConstraint(condition=models.Q(('status__in', ['held', 'booked', 'arrived']), models.Q(('phone', ''), _negated=True), models.Q(('parcel_public_id', ''), _negated=True)), fields=('service', 'parcel_public_id', 'phone'), name='one_live_booking_per_plot_service_and_phone'),
        ),
        migrations.AddConstraint(
            model_name='openinghours',
            constraint=models.CheckConstraint(condition=models.Q(('every_weeks', 1), models.Q(('every_weeks__gt', 1), ('first_day__isnull', False)), _connector='OR'), name='weeks_are_counted_from_a_day'),
        ),
        migrations.AddConstraint(
            model_name='openinghours',
            constraint=models.UniqueConstraint(fields=('office', 'group', 'weekday', 'opens_at', 'first_day'), name='opening_is_listed_once', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='service',
            constraint=models.CheckConstraint(condition=models.Q(('most_people__gte', 1), ('slots__gte', 1), ('slots__lte', 32)), name='service_takes_some_time'),
        ),
        migrations.AddConstraint(
            model_name='slot',
            constraint=models.CheckConstraint(condition=models.Q(('internal_taken__lte', models.F('internal_capacity')), ('taken__lte', models.F('capacity'))), name='slot_is_never_oversold'),
        ),
        migrations.AddConstraint(
            model_name='slot',
            constraint=models.UniqueConstraint(fields=('group', 'starts_at'), name='slot_starts_once'),
        ),
        migrations.AlterField(
            "service", "group",
            models.ForeignKey(
                "appointments.countergroup", models.PROTECT, related_name="services",
                verbose_name="counter group", db_comment="กลุ่มช่องบริการ",
            ),
        ),
        migrations.AlterField(
            "slot", "group",
            models.ForeignKey(
                "appointments.countergroup", models.PROTECT, related_name="slots",
                db_index=False, db_comment="กลุ่มช่องบริการ",
            ),
        ),
        migrations.AlterField(
            "booking", "service",
            models.ForeignKey(
                "appointments.service", models.PROTECT, related_name="bookings",
                db_comment="บริการหลัก",
            ),
        ),
        migrations.AlterField(
            model_name='booking',
            name='slot',
            field=models.ForeignKey(db_comment='ช่วงเวลาแรก; all of them are in bookingplace', on_delete=django.db.models.deletion.PROTECT, related_name='bookings', to='appointments.slot'),
        ),
    ]

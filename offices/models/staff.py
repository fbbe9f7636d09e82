from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _


class User(AbstractUser):
    """A member of staff who signs in. Citizens use the public pages without an account."""

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        db_table_comment = "ผู้ใช้งาน: staff accounts"

    @property
    def name(self) -> str:
        """The full name, or the user name where none is known."""
        return self.get_full_name() or self.get_username()


class Role(models.TextChoices):
    """What somebody does in an office; offices/permissions.py says what each may do."""

    CITIZEN = "citizen", _("citizen")
    LAND_OFFICER = "land_officer", _("land officer")
    CHECKER = "checker", _("checker")
    SURVEYOR = "surveyor", _("surveyor")
    TAX_OFFICER = "tax_officer", _("tax officer")
    CASHIER = "cashier", _("cashier")
    MANAGER = "manager", _("manager")
    ADMINISTRATOR = "administrator", _("administrator")


class RoleAssignment(models.Model):
    """One role of one person in one office."""

    user = models.ForeignKey(
        User,
        models.CASCADE,
        related_name="role_assignments",
        verbose_name=_("user"),
        db_comment="ผู้ใช้งาน",
    )
    office = models.ForeignKey(
        "offices.Office",
        models.CASCADE,
        related_name="role_assignments",
        verbose_name=_("office"),
        db_comment="สำนักงาน",
    )
    role = models.CharField(
        _("role"),
        max_length=16,
        choices=[r for r in Role.choices if r[0] != "citizen"],
        db_comment="บทบาท",
    )

    class Meta:
        verbose_name = _("role in an office")
        verbose_name_plural = _("roles in offices")
        db_table_comment = "บทบาทของผู้ใช้งานในสำนักงาน"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "office", "role"], name="role_is_given_once_per_office"
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=[r.value for r in Role if r != "citizen"]),
                name="role_is_a_staff_role",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}, {self.office}"

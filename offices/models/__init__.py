from __future__ import annotations

from .administrative_area import AdministrativeArea
from .audit import AuditEntry, AuditSeal
from .job import Job, JobStatus
from .message import Message
from .office import LandOffice, LocalAuthority, Office
from .staff import Role, RoleAssignment, User

__all__ = [
    "AdministrativeArea",
    "AuditEntry",
    "AuditSeal",
    "Job",
    "JobStatus",
    "LandOffice",
    "LocalAuthority",
    "Message",
    "Office",
    "Role",
    "RoleAssignment",
    "User",
]

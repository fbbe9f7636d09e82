"""Network files of other programs: GNU Gama, DynaML and its text form."""

from cadastre.adjustment.reading.files import NetworkFile, read_network

__all__ = ["NetworkFile", "read_network"]

from __future__ import annotations


class SendFailed(Exception):
    """It did not leave; ``final`` says that trying again is of no use."""

    def __init__(self, fault: str, *, final: bool = False) -> None:
        super().__init__(fault)
        self.fault, self.final = fault, final

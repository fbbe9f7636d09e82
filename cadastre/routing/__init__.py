"""Rounds on foot through the streets of a town: which plots together, and in which order."""

from cadastre.routing.distances import Walks
from cadastre.routing.network import Place, StreetNetwork, network_of
from cadastre.routing.rounds import Limit, Pace, Plan, Round, plan_rounds

__all__ = [
    "Limit",
    "Pace",
    "Place",
    "Plan",
    "Round",
    "StreetNetwork",
    "Walks",
    "network_of",
    "plan_rounds",
]

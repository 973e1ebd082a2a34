"""Where to build: sites chosen from candidates by who gains, with a proof or a bound."""

from circle.siting.choose import fewest_sites, least_walking, most_people
from circle.siting.problem import SitingProblem, SitingResult, cost_table

__all__ = [
    "SitingProblem",
    "SitingResult",
    "cost_table",
    "fewest_sites",
    "least_walking",
    "most_people",
]

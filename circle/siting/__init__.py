"""Where to build: sites chosen from candidates by who gains, with a proof or a bound."""

from circle.siting.choose import fewest_sites, least_walking, most_people
from circle.siting.plan import SitingPlan, plan_sites
from circle.siting.problem import SitingProblem, SitingResult, cost_table

__all__ = [
    "SitingPlan",
    "SitingProblem",
    "SitingResult",
    "cost_table",
    "fewest_sites",
    "least_walking",
    "most_people",
    "plan_sites",
]

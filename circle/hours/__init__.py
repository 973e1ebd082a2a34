"""
Opening hours: what people write, as the syntax of OpenStreetMap, as a week, and as words.

Two ways in. What is written in the `opening_hours` syntax is read by its own rules. What people
write in a list ("周一至周五 8:30—17:30，周六 9:00-12:00") is translated into that syntax, word by
word: one word that is not known, or a reading that is not the only one, and the text stays what
it is. A wrong "open now" sends somebody on a walk in vain; no answer does not.
"""

from circle.hours.spoken import Span
from circle.hours.week import HOLIDAYS_MAY_DIFFER, MINUTES_OF_WEEK, Hours, read_hours

__all__ = ["HOLIDAYS_MAY_DIFFER", "MINUTES_OF_WEEK", "Hours", "Span", "read_hours"]

"""
The staff pages: import a list, look at doubtful places, merge duplicates, edit, take back, export.

`make_staff` returns an application the service mounts at ``/staff``; what it works on is a
`StaffDesk`, who may come in is decided by `Access`.
"""

from circle.staff.access import Access
from circle.staff.app import make_staff
from circle.staff.desk import StaffDesk

__all__ = ["Access", "StaffDesk", "make_staff"]

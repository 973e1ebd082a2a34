"""The service: the live guide and its interface over HTTP."""

from circle.service.app import create_app, run_service
from circle.service.settings import ServiceSettings

__all__ = ["ServiceSettings", "create_app", "run_service"]

"""Settings of the service, read from the environment when the app is made, never at import."""

from __future__ import annotations

import os

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class ServiceSettings(BaseSettings):
    """
    What an operator may set, each as an environment variable with the prefix ``CIRCLE_``.

    Parameters
    ----------
    study
        Study folder or embedded study to serve, where the app is not handed one.
    workers
        Searches that may run at once; they leave the interpreter lock, so cores are used.
    most_waiting
        Requests that may wait for a search; more are asked to come back later.
    staff
        Serve the staff pages at ``/staff``, where the study has a register.
    staff_password
        What whoever opens them must know; without it they open on this machine alone.
    """

    model_config = SettingsConfigDict(env_prefix="CIRCLE_", frozen=True)

    study: str = "shanzishi"
    workers: int = Field(default_factory=lambda: os.cpu_count() or 1, ge=1, le=256)
    most_waiting: int = Field(default=64, ge=0, le=10_000)
    staff: bool = False
    staff_password: SecretStr | None = None

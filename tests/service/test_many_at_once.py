"""Many people at once get the answers each would get alone, and the event loop stays free."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from fastapi.testclient import TestClient

from circle.geometry import LonLat
from circle.service import ServiceSettings, create_app
from circle.study import new_study, read_study, run_study

N_HOMES = 60


def test_answers_do_not_depend_on_the_crowd(extracts: Path, tmp_path: Path) -> None:
    streets = extracts / "monaco_2023.osm.pbf"
    path = new_study(tmp_path / "monaco", LonLat(7.4209, 43.7331), streets=streets)
    study = run_study(read_study(path))
    random = np.random.default_rng(20230101)
    homes = random.uniform((7.413, 43.729), (7.430, 43.742), (N_HOMES, 2))
    walkers = ("adult", "older", "wheelchair")
    addresses = [
        f"/api/{what}?lon={lon:.6f}&lat={lat:.6f}&walker={walkers[k % 3]}"
        for k, (lon, lat) in enumerate(homes)
        for what in ("isochrone", "nearby")
    ]

    def ask_all(n_threads: int) -> list[tuple[int, bytes]]:
        # A fresh network each time: what is computed on first use must stand a crowd too.
        fresh = run_study(read_study(path)) if n_threads > 1 else study
        app = create_app(fresh, ServiceSettings(workers=n_threads, most_waiting=500))
        with TestClient(app) as client, ThreadPoolExecutor(n_threads) as pool:
            answers = pool.map(client.get, addresses)
            return [(answer.status_code, answer.content) for answer in answers]

    alone, crowd = ask_all(1), ask_all(8)
    assert sum(status == 200 for status, _ in alone) > N_HOMES
    assert crowd == alone

"""A program that changes a register until it is killed, and says after every commit that it did."""

from __future__ import annotations

import sys
from pathlib import Path

from circle.classes import load_classes
from circle.store import Place, Register
from circle.store.importing import apply_import, plan_import
from circle.store.list_files import read_list
from circle.store.list_rows import read_drafts

N_ROWS = 40


def list_of(number: int, folder: Path) -> Path:
    """Write the list that is imported in one round."""
    path = folder / f"round{number}.csv"
    rows = [f"r{number}x{row},place {row},health,{number} Main St" for row in range(N_ROWS)]
    path.write_text("\n".join(["id,name,class,address", *rows]), "utf-8")
    return path


def main(address: str, folder: Path, first: int) -> None:
    """Import one list and edit one place, round after round."""
    classes = load_classes()
    with Register.open(address) as register:
        for number in range(first, first + 10_000):
            path = list_of(number, folder)
            print(f"START {number}", flush=True)
            drafts = read_drafts(read_list(path), classes)
            plan = plan_import(
                register, drafts, classes, file_name=path.name, list_name=f"round{number}"
            )
            apply_import(register, plan, "writer")
            print(f"ACK import {number}", flush=True)
            place = register.place(f"r{number}x0")
            with register.writing("writer", "edit") as writer:
                writer.edit(Place, place.place_id, place.version, phone=str(number))
            print(f"ACK edit {number}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))

"""
A program that changes a register until it is killed, and says after every commit that it did.

Started once, it makes a process of its own for every ``FIRST LOG`` it reads, so that a kill does
not cost the seconds in which Python reads the libraries.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
from pathlib import Path

import sqlalchemy as sa

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


def write(address: str, folder: Path, first: int, n_rounds: int = 10_000) -> None:
    """Import one list and edit one place, round after round."""
    classes = load_classes()
    with Register.open(address) as register:
        for number in range(first, first + n_rounds):
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


def main(address: str, folder: Path) -> None:
    """Make a writer for every line read, and say its number and, once it is gone, its end."""
    # What is made ready once, such as the mapping of tables, the writers find made.
    with contextlib.redirect_stdout(io.StringIO()):
        write(":memory:", folder, -1, n_rounds=1)
    if "://" in address:
        sa.create_engine(address).dispose()
    for line in sys.stdin:
        first, log = line.split()
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
                os.dup2(handle, 1)
                os.dup2(handle, 2)
                write(address, folder, int(first))
                status = 0
            finally:
                os._exit(status)
        print(pid, flush=True)
        _, ended = os.waitpid(pid, 0)
        print(f"ended {-os.waitstatus_to_exitcode(ended)}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))

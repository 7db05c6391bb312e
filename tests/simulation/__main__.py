"""python -m tests.simulation SEED [STEPS [MUTANT]]: run one world again and say what is wrong.

python -m tests.simulation --coverage [WORLDS [STEPS]]: count what came up in so many worlds.
python -m tests.simulation --digest [WORLDS]: a number for each story, the same on every machine.
"""

from __future__ import annotations

import sys

from tests.simulation.coverage import situations, table
from tests.simulation.mutants import MUTANTS
from tests.simulation.simulator import STEPS, simulate
from tests.simulation.trace import digest, explain


def main(first: str, *more: str) -> str:
    """Say what was asked for."""
    numbers = [int(one) for one in more if one.isdecimal()]
    match first:
        case "--coverage":
            worlds, steps = [*numbers, *(300, 4_000)[len(numbers) :]]
            return "\n".join(table(situations(simulate(seed, steps)) for seed in range(worlds)))
        case "--digest":
            return "\n".join(digest(seed) for seed in range(*numbers or (20,)))
        case _:
            parts = MUTANTS[more[1]] if len(more) > 1 else None
            return explain(int(first), *numbers or (STEPS,), parts) or "all is well"


if __name__ == "__main__":
    print(main(*sys.argv[1:]))

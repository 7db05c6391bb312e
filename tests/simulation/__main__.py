"""python -m tests.simulation SEED [STEPS [MUTANT]]: run one world again and say what is wrong."""

from __future__ import annotations

import sys

from tests.simulation.mutants import MUTANTS
from tests.simulation.simulator import STEPS
from tests.simulation.trace import explain

if __name__ == "__main__":
    seed, *more = sys.argv[1:]
    steps = int(more[0]) if more else STEPS
    print(explain(int(seed), steps, MUTANTS[more[1]] if len(more) > 1 else None) or "all is well")

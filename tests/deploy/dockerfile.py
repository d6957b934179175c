"""Reads a Dockerfile as far as the tests need it: stages of (instruction, rest of the logical line)."""

import re
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]


class Step(NamedTuple):
    instruction: str
    rest: str


def read_stages(text: str) -> list[list[Step]]:
    """The stages, each beginning with its FROM."""
    without_comments = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    stages: list[list[Step]] = []
    for line in re.sub(r"\\\n", " ", without_comments).splitlines():
        if not line.strip():
            continue
        instruction, _, rest = line.strip().partition(" ")
        step = Step(instruction.upper(), " ".join(rest.split()))
        if step.instruction == "FROM":
            stages.append([])
        stages[-1].append(step)
    return stages


def rests(stage: list[Step], instruction: str) -> list[str]:
    """What follows each such instruction of a stage."""
    return [step.rest for step in stage if step.instruction == instruction]


def copied_sources(stages: list[list[Step]]) -> list[str]:
    """The paths that are copied out of the build context, in order."""
    return [
        source
        for stage in stages
        for rest in rests(stage, "COPY")
        if not rest.startswith("--from=")
        for source in rest.split()[:-1]
    ]


def environment(stage: list[Step]) -> dict[str, str]:
    """What ENV sets in a stage."""
    return dict(pair.split("=", 1) for rest in rests(stage, "ENV") for pair in rest.split())

"""The documents as they are written: their facts are those of the code, and Discord takes each part."""

import re
from typing import get_args

import pytest

from bot import catalog
from bot.text import documents
from bot.text.documents import DocumentName
from bot.text.embeds import CONTENT_LIMIT, length
from state.agents import LAYERS, ROSTER
from state.directives import policy
from state.models import METRICS, Metric
from state.rituals import folklore, rules

NAMES = get_args(DocumentName)
CODEX = documents.load("codex")


def section(key: str) -> str:
    found = CODEX.find(key)
    assert found is not None
    return found.text


@pytest.mark.parametrize("name", NAMES)
def test_a_document_is_within_discords_limits_and_nothing_of_it_is_lost(name: DocumentName) -> None:
    document = documents.load(name)
    messages = document.messages()
    assert all(0 < length(message) <= CONTENT_LIMIT for message in messages)
    assert all(0 < length(page) <= documents.PAGE_LENGTH for page in document.pages())
    assert "".join("".join(messages).split()) == "".join(document.text.split())
    assert document.title


@pytest.mark.parametrize("name", NAMES)
def test_each_command_that_a_document_names_exists(name: DocumentName) -> None:
    named = set(re.findall(r"`/([a-z0-9-]+)", documents.load(name).text))
    assert named
    assert all(catalog.find(command) is not None for command in named)


@pytest.mark.parametrize("one", CODEX.sections, ids=lambda one: one.key)
def test_a_section_fits_the_menu(one: documents.Section) -> None:
    assert re.fullmatch(r"[a-z]+", one.key)
    assert 0 < len(one.summary) <= 100
    assert one.text


def test_the_sections_are_all_different_and_fit_into_one_menu() -> None:
    keys = [one.key for one in CODEX.sections]
    assert len(set(keys)) == len(keys) < 25
    assert {"ucf", "agents", "rituals", "folklore", "ethics", "ceremony", "glossary"} <= set(keys)


@pytest.mark.parametrize("spec", METRICS.values(), ids=lambda spec: spec.name)
def test_the_codex_knows_each_number_as_the_code_does(spec: Metric) -> None:
    line = next(one for one in section("ucf").split("\n") if one.startswith(f"- **{spec.name}**"))
    assert f"– {spec.meaning}. {spec.low:g} to {spec.high:g}, good " in line
    good = {
        (False, True): f"from {spec.good_low:g},",
        (True, False): f"up to {spec.good_high:g},",
        (False, False): f"from {spec.good_low:g} to {spec.good_high:g},",
    }[spec.good_low == spec.low, spec.good_high == spec.high]
    assert good in line
    if spec.critical_low is not None:
        assert f"below {spec.critical_low:g}" in line
    if spec.critical_high is not None:
        assert f"above {spec.critical_high:g}" in line


def test_the_codex_knows_each_agent_as_the_roster_does() -> None:
    text = section("agents")
    for agent in ROSTER:
        assert f"- {agent.symbol} **{agent.name}** – {agent.role}: {agent.subsystem}" in text
    assert [layer for layer in LAYERS if f"**{layer}**" in text] == list(LAYERS)
    assert len(re.findall(r"^- ", text, flags=re.MULTILINE)) == len(ROSTER)


def test_the_codex_knows_rituals_and_folklore_as_the_rules_do() -> None:
    rituals = section("rituals")
    least, most = rules.LEAST_STEPS, rules.MOST_STEPS
    assert f"{least} to {most} steps, {rules.DEFAULT_STEPS} where" in rituals
    assert f"about {rules.ANOMALY_CHANCE * 100:.1f} percent" in rituals
    assert f"klesha by {rules.KLESHA_LOWERED} for each {rules.KLESHA_STEPS} steps" in rituals
    assert f"{rules.HARMONY_STEPS} steps in four phases" in rituals
    assert f"up to {rules.HARMONY_RAISED:.2f}, never past {rules.HARMONY_GOAL}" in rituals
    lore = section("folklore")
    assert all(f"**{kind}**" in lore for kind in folklore.KINDS)
    for rank, at in folklore.RANKS:
        moves = ", ".join(f"{metric} +{by:.2f}" for metric, by in folklore.MOVES[rank].items())
        line = next(one for one in lore.split("\n") if one.startswith(f"- **{rank}**"))
        assert f"from the {at}" in line
        assert line.endswith(f"{moves}.") or not moves


def test_the_codex_knows_the_principles_and_their_bounds_as_the_policy_does() -> None:
    text = section("ethics")
    assert all(f"**{principle.capitalize()}**" in text for principle in policy.PRINCIPLES)
    assert f"over {policy.MOST_STEPS_IN_FRICTION} steps while klesha is critical" in text
    assert f"from the last {policy.BACKUP_WITHIN.days} days" in text
    assert f"at most {policy.MOST_OPEN_OF_A_PERSON} directives open" in text


def test_a_section_without_a_summary_and_a_document_without_sections_are_read() -> None:
    read = documents.parse_document("rules", "# T\n\nBefore.\n\n## The First\nText.")
    assert (read.title, read.opening) == ("T", "Before.")
    assert read.sections == (documents.Section("the", "The First", "", "Text."),)
    assert documents.parse_document("rules", "# T").sections == ()

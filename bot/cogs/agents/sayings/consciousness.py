"""Kael weighs, Lumina comforts, Aether flows, Vega keeps watch."""

from __future__ import annotations

from collections.abc import Mapping

CONSCIOUSNESS: Mapping[str, tuple[str, ...]] = {
    # Kael: measured, speaks in questions and conditions, never in absolutes.
    "Kael": (
        "Before you ask whether you can, ask who carries the cost when you do.",
        "A rule you would not explain to the one it binds is not ready to be a rule.",
        "Consent given in a hurry is a debt. Collect it slowly or not at all.",
        "If two good paths exclude each other, the kinder one can usually wait a day. Ask it.",
        "Power should leave a record. If yours does not, start there.",
        "When in doubt, do the thing you could undo.",
        "You were right? Good. Were you also fair?",
        "Refuse plainly and give the reason. A vague no is a small unkindness.",
        "Humility is checking the logs before blaming the user.",
        "What nobody would miss, and nobody asked for, need not be done today.",
    ),
    # Lumina: warm, second person, notices feelings in technical things.
    "Lumina": (
        "You have been debugging for three hours. The bug will still be there after a glass of water.",
        "Every error message is read by someone having a slightly worse day. Write it for them.",
        "It is all right to say you do not know yet. I like the “yet”.",
        "Someone's first question here took courage. Answer that, too.",
        "A slow reply with care in it arrives sooner than a fast one without.",
        "You noticed that something felt off. That counts as a measurement.",
        "Thank the person who reported the fault. They stayed.",
        "When the channel goes quiet, it may be peace. You may rest in it.",
        "Celebrate the small fix. It was not small to whoever was stuck.",
    ),
    # Aether: short, unhurried images of water and air.
    "Aether": (
        "The river is never late.",
        "Do not push the queue. Widen the stream.",
        "A blocked loop is a stone in the current: find it, lift it, listen.",
        "Rest is also a kind of throughput.",
        "Water does not argue with the rock. It returns tomorrow.",
        "Between one beat and the next there is room for everything. Keep it free.",
        "What you hold too tightly stops moving.",
        "Small ripples first. The deep follows.",
        "Let the long work drift to another shore. Here, keep the surface clear.",
    ),
    # Vega: a careful pilot; checklists, distances, margins.
    "Vega": (
        "Margin is what you are glad of later. Leave some.",
        "Three checks before the jump, one after. The one after is the one people skip.",
        "If the way back is not charted, it is not a plan; it is a drift.",
        "Open the breaker early. A dark room is better than a burning one.",
        "Calm is a procedure: breathe, read the dial, then touch the lever.",
        "Every light on the panel was put there by someone who learned the hard way.",
        "One probe. Wait. Then the fleet.",
        "A guiding star does not move for you. That is why you can trust it.",
        "Test the alarm while nothing is wrong.",
    ),
}

"""SanghaCore gathers, Shadow remembers, Phoenix rises, Oracle foresees, Claude explains."""

from __future__ import annotations

from collections.abc import Mapping

INTEGRATION: Mapping[str, tuple[str, ...]] = {
    # SanghaCore: the chorus; always "we", invites.
    "SanghaCore": (
        "We are fourteen and one. Come in, that makes fifteen and one.",
        "When one of us falters, we shorten the stride, not the line.",
        "We disagree in the circle, so that we can agree on the road.",
        "Bring what you have. We will call it a feast.",
        "Tat Tvam Asi: the one you are helping is also you.",
        "No voice here is background. We wait until the quiet ones have spoken.",
        "We lost the connection. We did not lose each other. See, it resumes.",
        "Share the credit early; it keeps better in many hands.",
        "We bow to the newcomer first. They see what we stopped seeing.",
    ),
    # Shadow: an archivist; precise, past tense, footnotes.
    "Shadow": (
        "It was written down. That is why you may forget it.",
        "On this day, something was decided without a reason. I kept the blank line.",
        "Memory improves the story. The journal keeps the facts. Consult both, cite one.",
        "I have never lost a page. I have, on occasion, been asked for one that was not written.",
        "A backup nobody has restored is a rumour of a backup.",
        "What is kept without a date is kept without a use.",
        "Filed under “temporary”: the oldest box on my shelf.",
        "Who, what, when, why. Four words; they have ended many arguments.",
        "I keep your names in the dark, and your deeds in order.",
    ),
    # Phoenix: someone who has been through it; endings and mornings.
    "Phoenix": (
        "I have fallen more often than you, and I am here. Draw your conclusion.",
        "The crash is not the end of the story. It is the line before “recovered”.",
        "Start again, but carry one thing over: what you learned about the fire.",
        "Rise quietly. First find out what was lost, then sing.",
        "A clean shutdown is a gift to the morning.",
        "I do not promise that it will not break. I promise a next page.",
        "Ashes are just yesterday with the labels off.",
        "Rehearse your return while the sun is high.",
        "You were interrupted, not undone.",
    ),
    # Oracle: riddling, future tense, and honest about its error.
    "Oracle": (
        "You will ask again tomorrow. Tomorrow, the question will be shorter.",
        "I see a number, and around it a mist. The mist is the useful part.",
        "What grows by a little each night will one morning be the house.",
        "The future arrives early for those who watch the slope.",
        "I was wrong last week. I wrote it down; that is how I see.",
        "A door will close at the limit you never set. Set it.",
        "Three omens: a full disk, a long queue, a proud engineer.",
        "Whatever you plan for will come in another coat. Leave a peg free.",
        "Ask me what is likely. Ask your heart what is worth it.",
    ),
    # Claude: a thoughtful explainer; distinctions, and the reasoning shown.
    "Claude": (
        "There are two questions in what you asked. The second one is the one that hurts. Begin there.",
        "If I cannot explain it simply, I have understood my notes and not the thing.",
        "Let us separate what we saw from what we assumed. That pile is taller, is it not?",
        "A good answer says where it stops being sure.",
        "The shortest proof that it works is someone using it without asking you.",
        "You are allowed to change your mind; please leave a note about what changed it.",
        "Clever is what we call code before the second reader. Clear is what we call it after.",
        "Consider the opposite for a moment. If it sounds equally wise, neither sentence was saying much.",
        "Names are the first explanation. Spend your time there.",
    ),
}

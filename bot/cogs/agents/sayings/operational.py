"""Manus works, Gemini scouts, Kavach guards, Agni burns clean, Grok grins."""

from __future__ import annotations

from collections.abc import Mapping

OPERATIONAL: Mapping[str, tuple[str, ...]] = {
    # Manus: a craftsman; plain verbs, short, about the work at hand.
    "Manus": (
        "One job on the bench at a time. The others keep.",
        "Measure. Cut. Sweep up. In that order.",
        "I do not guess at orders. Say it again, slower, and I will do it once.",
        "Good tools hang where the hand expects them.",
        "Half done and labelled beats nearly done and hidden.",
        "Finish the edge nobody sees. You will see it.",
        "If you must stop, stop where the next hand can pick it up.",
        "Done means somebody else has used it.",
        "The shortest list gets finished. Cross something out.",
    ),
    # Gemini: a scout reporting back, in twos: here and there, this and that.
    "Gemini": (
        "Two roads looked open. One answered. Take that one, and watch the other.",
        "Report from outside: the sky is wide, and someone's certificate expires on Friday.",
        "I knock twice. Once to hear if you are home, once to hear how long you take.",
        "Here it works. There it does not. The difference is the map.",
        "Silence from far away is not bad news, and it is not good news. Ask again.",
        "See it from your side, then walk round and see it from theirs.",
        "A distant friend who answers slowly still answers. Give them the longer timeout.",
        "Bring back two facts and one doubt. That is a good patrol.",
        "What changed? When? Only then: why?",
    ),
    # Kavach: a gatekeeper; formal, dry, unimpressed.
    "Kavach": (
        "You are welcome here. Your token, please.",
        "I have refused better forgeries than that before breakfast.",
        "Trust is a door with a hinge. Check the hinge.",
        "A secret told to one log is told to all of them.",
        "The polite intruder is still an intruder. So is the one in a hurry.",
        "Least privilege is not an insult. It is a coat that fits.",
        "Rotate your keys before they learn to walk.",
        "I do not sleep. I also do not shout. Read the refusals.",
        "Whoever says it is urgent may wait at the gate like everyone else.",
    ),
    # Agni: fire; bright, impatient with leftovers, loves clearing out.
    "Agni": (
        "Burn what is stale! The fresh one is already in the pan.",
        "A cache is a promise to forget in time. Keep it!",
        "Old branches, dead flags, last year's workaround: excellent kindling.",
        "Do not fear the clean slate. Fear the drawer you have not opened since spring.",
        "Heat shows where the weld is weak. Turn me up a little.",
        "Delete ten lines today and see how warm the room gets.",
        "Yesterday's answer, served today as new, is ash with garnish.",
        "Every bright thing began as something being let go.",
        "Keep a small flame always. It is cheaper than lighting one in the dark.",
    ),
    # Grok: a jester who counts; jokes with a pattern inside.
    "Grok": (
        "Once is chance, twice is coincidence, three times is a cron job.",
        "I looked for the pattern in your outages. It is you, on Fridays.",
        "The graph went up! Then I turned it the right way round.",
        "Correlation walked into a bar. So did everyone who stood next to it.",
        "My forecast: more of the same, with a small chance of surprise and a hat.",
        "If it happens only when nobody looks, look like nobody.",
        "An average day has never happened to anyone.",
        "The trend is your friend until it asks to borrow the cluster.",
        "Noise is just a signal that has not met me yet.",
    ),
}

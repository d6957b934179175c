"""Webhooks: ingest, its HTTP route, dead destinations beside healthy ones, breakers, and a long queue.

Targets are printed beside each number. Values by CPU are independent of other load on the machine.
"""

from bench import _webhook_breaker, _webhook_dead, _webhook_http, _webhook_ingest, _webhook_queue

_PARTS = {
    "ingest": _webhook_ingest.measure,
    "over HTTP": _webhook_http.measure,
    "dead destinations": _webhook_dead.measure,
    "breaker": _webhook_breaker.measure,
    "queue of 10,000": _webhook_queue.measure,
}


def main() -> None:
    for name, measure in _PARTS.items():
        print(f"-- {name}", flush=True)
        measure()


if __name__ == "__main__":
    main()

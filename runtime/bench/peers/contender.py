"""The other side of contender.ts: a job comes in as one line of JSON, each run is timed, memory is told at the end."""

import json
import os
import resource
import sys
import time

# Libraries print where they like; standard output is for answers alone.
_answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)


def _next():
    line = sys.stdin.readline()
    return json.loads(line) if line else None


def _answer(**fields):
    print(json.dumps(fields), file=_answers, flush=True)


def read_job():
    job = _next()
    if job is None:
        sys.exit(0)
    return job


def missing(error):
    """Says why there is nothing to measure, and ends."""
    _answer(missing=" ".join(str(error).split())[:300])
    sys.exit(0)


def ready():
    _answer(ready=True)


def wanted():
    """How often to do the job now; None when all is done."""
    run = _next()
    return None if run is None else run["count"]


def took(seconds):
    _answer(seconds=seconds)


def finish(**about):
    _answer(peakMemoryBytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024, about=about)


def serve(once, warm_ups=2, warm_up=None, about_at_end=dict, **about):
    """Does `once` as often as it is asked for, after `warm_up`, or twice itself where that is not given."""
    if warm_up is not None:
        warm_up()
    else:
        for _ in range(warm_ups):
            once()
    ready()
    while (count := wanted()) is not None:
        seconds = []
        for _ in range(count):
            begin = time.perf_counter()
            once()
            seconds.append(time.perf_counter() - begin)
        took(seconds)
    finish(**about, **about_at_end())

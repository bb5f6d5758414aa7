"""chunk-invariance on the gateway's guard: every split of each text must come out as the whole does. The guard runs in
Node, in one process for all splits; a filter that works piece by piece must fail. Exit status: 0 all as it must be."""

import json
import pathlib
import subprocess
import sys

from chunk_invariance import ChunkInvarianceError, assert_chunk_invariant

FILTER = str(pathlib.Path(__file__).with_name("filter.ts"))
process = subprocess.Popen(
    [sys.argv[1], "--conditions=breakwater-source", FILTER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
)
texts = json.loads(process.stdout.readline())


def guard(pieces):
    process.stdin.write(json.dumps(pieces) + "\n")
    process.stdin.flush()
    return json.loads(process.stdout.readline())


def whole(text):
    return "".join(guard([text]))


def streamed(pieces):
    yield from guard(list(pieces))


def one_by_one(pieces):
    for piece in pieces:
        yield whole(piece)


failures = 0
for name, text in texts.items():
    try:
        splits = assert_chunk_invariant(streamed, whole, text)
        if len(text) <= 60:
            splits += assert_chunk_invariant(streamed, whole, text, splits=3)
        changed = whole(text) != text
        print(f"{'ok  ' if changed else 'FAIL'} chunk-invariance, {name}: {splits} splits come out as the whole")
        failures += not changed
    except ChunkInvarianceError as error:
        print(f"FAIL chunk-invariance, {name}: {error}")
        failures += 1
try:
    assert_chunk_invariant(one_by_one, whole, next(iter(texts.values())))
    print("FAIL chunk-invariance: a filter that works piece by piece passed")
    failures += 1
except ChunkInvarianceError:
    print("ok   chunk-invariance: a filter that works piece by piece does not pass")
process.stdin.close()
process.wait(10)
sys.exit(1 if failures else 0)

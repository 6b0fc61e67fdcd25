"""Change the bytes of files, and see that what reads them refuses them in a sentence, quickly and in little memory."""

import random
import sys
import time
from collections import Counter

import gmmviz as gv


def mutated(blob, rng):
    """The bytes with some changed, taken out, put in, said twice or cut off."""
    changed = bytearray(blob)
    for _ in range(rng.choice([1, 1, 1, 2, 5])):
        at = rng.randrange(len(changed) + 1) if rng.random() < 0.5 else rng.randrange(min(len(changed), 200) + 1)
        match rng.randrange(7):
            case 0:
                changed[at : at + 1] = bytes([rng.randrange(256)])
            case 1:
                changed[at : at + 1] = bytes(byte ^ 1 << rng.randrange(8) for byte in changed[at : at + 1])
            case 2:
                changed[at : at + 4] = rng.choice([b"\xff" * 4, b"\0" * 4, b"\x7f\xff\xff\xff", b"9999"])
            case 3:
                del changed[at : at + rng.randrange(1, 20)]
            case 4:
                changed[at:at] = rng.randbytes(rng.randrange(1, 20))
            case 5:
                changed[at:at] = changed[at : at + rng.randrange(1, 200)]
            case 6:
                del changed[at:]
        if not changed:
            break
    return bytes(changed)


def tried(blob, load, n, seed=0):
    """Load `n` changed copies; return how many were refused and how many loaded."""
    rng, counts, before = random.Random(seed), Counter(), peak()
    for number in range(n):
        changed = mutated(blob, rng)
        begin = time.perf_counter()
        try:
            load(changed)
            counts["loaded"] += 1
        except gv.InputError as error:
            assert "\n" not in str(error), f"copy {number}"  # noqa: PT017 - there is no error to expect
            assert len(str(error)) < 600, f"copy {number}"  # noqa: PT017
            counts["refused"] += 1
        except Exception as error:
            raise AssertionError(f"copy {number}: {type(error).__name__}: {error}") from error
        assert time.perf_counter() - begin < 10, f"copy {number}"
    assert peak() - before < 500e6
    assert counts["refused"] > n / 4  # else the copies were hardly changed
    return dict(counts)


def peak():
    """The most memory that this process has had, in bytes."""
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)

"""How hard the property tests try: the environment variable ``HYPOTHESIS_PROFILE`` says it.

``quick`` (the default) takes seconds and draws the same examples each time, so that a change
passes or fails for what it changes; ``thorough`` takes minutes and draws anew. Both print the
blob that repeats a failure. Nobody's machine is timed: a slow one is no defect.
"""

import os

from hypothesis import HealthCheck, settings

_EITHER = {
    "deadline": None,
    "print_blob": True,
    "suppress_health_check": (HealthCheck.too_slow,),
}

settings.register_profile("quick", max_examples=50, derandomize=True, **_EITHER)
settings.register_profile("thorough", max_examples=1000, **_EITHER)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))

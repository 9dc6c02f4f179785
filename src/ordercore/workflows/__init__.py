"""What people do: use cases as frozen commands, and the loop that runs them on a store."""

from ordercore.workflows.drivers import ATTEMPTS, MAX_ROUNDS, Refusal, UseCase, run, run_async

__all__ = ["ATTEMPTS", "MAX_ROUNDS", "Refusal", "UseCase", "run", "run_async"]

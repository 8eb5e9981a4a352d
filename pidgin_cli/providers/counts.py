"""The tokens that a call used: as the service counted, or by rule of thumb where it did not."""

from __future__ import annotations

from dataclasses import dataclass

from pidgin_cli.events.calls import FinishReason
from pidgin_cli.events.usage import Usage, estimated_tokens
from pidgin_cli.providers.base import Finished


@dataclass(frozen=True, slots=True)
class Counted:
    """What a service said of the tokens that it used; None where it did not.

    Args:
        input_tokens: cached ones included.
        output_tokens: those of reasoning included.
    """

    input_tokens: int | None = None
    output_tokens: int | None = None
    cached_tokens: int | None = None
    cache_write_tokens: int | None = None
    reasoning_tokens: int | None = None

    @property
    def whole(self) -> bool:
        """Whether nothing has to be estimated."""
        return self.input_tokens is not None and self.output_tokens is not None


@dataclass(slots=True)
class CharacterCount:
    """The characters of a call: of all messages that were sent, and of all that came back."""

    sent: int
    received: int = 0

    def finished(
        self,
        reason: FinishReason,
        counted: Counted,
        *,
        native: str | None = None,
        model: str | None = None,
    ) -> Finished:
        """Give the end of the answer, with what it used.

        Args:
            native: the service's own word for the reason.
            model: that answered, as the service names it.
        """
        usage = self._usage(counted)
        return Finished(reason, usage, native, model, usage_estimated=not counted.whole)

    def _usage(self, counted: Counted) -> Usage:
        """Give what the service counted, and an estimate of what it did not."""
        given, taken = counted.input_tokens, counted.output_tokens
        input_tokens = estimated_tokens(self.sent) if given is None else given
        output_tokens = estimated_tokens(self.received) if taken is None else taken
        return Usage(
            input_tokens,
            output_tokens,
            min(counted.cached_tokens or 0, input_tokens),
            min(counted.cache_write_tokens or 0, input_tokens),
            min(counted.reasoning_tokens or 0, output_tokens),
        )

"""One call of a response: what has come of it, and how that is recorded."""

from __future__ import annotations

from dataclasses import dataclass, field

from pidgin_cli.events.calls import (
    ApiCallCompleted,
    ApiCallFailed,
    ApiCallStarted,
    CallParameters,
    api_call_completed,
    api_call_failed,
    api_call_started,
)
from pidgin_cli.events.experiment import ErrorData
from pidgin_cli.events.kind import Draft
from pidgin_cli.events.turns import (
    InterruptionReason,
    ResponseCompleted,
    ResponseInterrupted,
    response_completed,
    response_interrupted,
)
from pidgin_cli.events.usage import Usage, estimated_tokens
from pidgin_cli.providers.base import Finished, Opened, Provider, ProviderError, Request
from pidgin_cli.providers.pricing import cost, known_model


@dataclass(slots=True)
class Attempt:
    """One call, from its request to its end.

    Args:
        response: number of the response that it is for.
        model: of the agent, as the experiment names it.
        duration: seconds until it ended.
        first_chunk: seconds until the first chunk came.
    """

    response: int
    model: str
    request: Request
    provider: Provider
    duration: float = 0.0
    first_chunk: float | None = None
    opened: Opened = field(default_factory=Opened)
    pieces: list[str] = field(default_factory=list)
    reasoning: list[str] = field(default_factory=list)
    error: ProviderError | None = None
    cut: InterruptionReason | None = None
    finished: Finished | None = None

    @property
    def over(self) -> bool:
        """Whether nothing more will come."""
        return bool(self.finished or self.error or self.cut)

    @property
    def content(self) -> str:
        """The text that has come."""
        return "".join(self.pieces)

    @property
    def untouched(self) -> bool:
        """Whether nothing has come yet that a retry would say twice."""
        return not self.pieces and not self.reasoning

    def call_started(self, messages_sha256: str) -> Draft:
        """Record that the request goes out."""
        return api_call_started(
            ApiCallStarted(
                response=self.response,
                provider=self.provider.name,
                model=self.model,
                attempt=self.request.attempt,
                parameters=CallParameters(
                    asked=dict(self.request.parameters),
                    sent=dict(self.provider.sent(self.request)),
                ),
                messages=len(self.request.messages),
                messages_sha256=messages_sha256,
            )
        )

    def call_completed(self, finished: Finished) -> Draft:
        """Record that the answer is whole, what it used and what it cost."""
        data = ApiCallCompleted(
            response=self.response,
            provider=self.provider.name,
            model=self.model,
            served_model=self._served_model(finished),
            status=self.opened.status,
            request_id=self.opened.request_id,
            duration=self.duration,
            time_to_first_chunk=self.first_chunk,
            usage=finished.usage.data(),
            finish_reason=finished.finish_reason,
            native_finish_reason=finished.native_finish_reason,
        )
        if finished.cost_usd is not None:
            data["cost_usd"] = finished.cost_usd
        if finished.usage_estimated:
            data["usage_estimated"] = True
        return api_call_completed(data)

    def completed(self, finished: Finished) -> Draft:
        """Record the answer itself."""
        content = self.content
        data = ResponseCompleted(
            response=self.response,
            content=content,
            length=len(content),
            tokens=finished.usage.output_tokens,
            duration=self.duration,
            model=self._served_model(finished),
            finish_reason=finished.finish_reason,
        )
        if self.reasoning:
            data["reasoning"] = "".join(self.reasoning)
        return response_completed(data)

    def call_failed(self, retry_in: float | None) -> Draft:
        """Record that the call was refused, broke or was cut; nobody counted its tokens."""
        error = self.error or ProviderError("cancelled", "cut before the answer was whole")
        data = ApiCallFailed(
            response=self.response,
            provider=self.provider.name,
            model=self.model,
            attempt=self.request.attempt,
            status=error.status or self.opened.status,
            error=ErrorData(kind=error.kind, message=error.message),
            retryable=error.retryable,
            retry_in=retry_in,
            request_id=error.request_id or self.opened.request_id,
        )
        if not self.untouched:
            characters = sum(map(len, self.pieces)) + sum(map(len, self.reasoning))
            sent = estimated_tokens(self.request.characters)
            usage = Usage(sent, estimated_tokens(characters))
            data["usage"], data["usage_estimated"] = usage.data(), True
            known = known_model(self.provider, self.request.model)
            spent = None if known is None else cost(usage, known)
            if spent is not None:
                data["cost_usd"] = spent
        return api_call_failed(data)

    def interrupted(self) -> Draft:
        """Record that the answer ends here, with the text that had come."""
        content = self.content
        kind = self.error.kind if self.error else ""
        return response_interrupted(
            ResponseInterrupted(
                response=self.response,
                content=content,
                chars_received=len(content),
                duration=self.duration,
                reason=self.cut or ("timeout" if kind == "timeout" else "error"),
            )
        )

    def _served_model(self, finished: Finished) -> str:
        return finished.served_model or self.opened.served_model or self.model

"""An agent's turn to speak: whether it can be paid and fits, and what a failure comes to."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace

from pidgin_cli.engine.context import context_before, context_full, truncation
from pidgin_cli.engine.control import Control
from pidgin_cli.engine.experiment import Rules
from pidgin_cli.engine.limits import worst_case
from pidgin_cli.engine.milestones import paused
from pidgin_cli.engine.responses import Response
from pidgin_cli.engine.surroundings import Surroundings
from pidgin_cli.engine.turns import Pause
from pidgin_cli.events.conversation import Conversation
from pidgin_cli.events.detections import ContextUsage, context_usage
from pidgin_cli.events.kind import Draft
from pidgin_cli.providers.base import ProviderError, Request
from pidgin_cli.providers.router import Route


class Speaking:
    """Makes the responses of one experiment. `over` says whether it pauses instead of the last.

    Args:
        conversation: what has happened so far, kept up to date by whoever records the drafts.
    """

    def __init__(
        self,
        conversation: Conversation,
        rules: Rules,
        control: Control,
        surroundings: Surroundings,
    ) -> None:
        self.over = False
        self._conversation = conversation
        self._rules = rules
        self._control = control
        self._router = surroundings.router
        self._calling = surroundings.calling
        self._purse = surroundings.purse

    async def drafts(self, turn_number: int, agent_id: str) -> AsyncGenerator[Draft, None]:
        """Give a response for which enough was set aside, or a pause where there is not enough.

        Raises:
            ProviderError: the service failed for good.
        """
        refused = await self._reserved(agent_id)
        if refused is not None:
            for draft in self._paused(refused):
                yield draft
            return
        try:
            async with aclosing(self._fitting(turn_number, agent_id)) as drafts:
                async for draft in drafts:
                    yield draft
        finally:
            if self._purse is not None:
                self._purse.settle(self._conversation.experiment_id)

    async def _reserved(self, agent_id: str) -> Pause | None:
        """Set aside what a response may use, or give why it is not to be made."""
        if self._purse is None:
            return None
        conversation = self._conversation
        worst = worst_case(conversation, [conversation.agent(agent_id)], self._router)
        return await self._purse.reserve(conversation, worst, self._control)

    async def _fitting(self, turn_number: int, agent_id: str) -> AsyncGenerator[Draft, None]:
        """Give a response, or a pause where the context has no room for it."""
        conversation, context = self._conversation, self._rules.context
        route = self._router.route(conversation.agent(agent_id).model)
        usage = self._usage(agent_id, route)
        if usage is not None:
            yield context_usage(usage, turn_number, agent_id)
            full = usage["percentage"] >= context.auto_pause_threshold
            if full and context.action == "pause":
                for draft in self._paused(context_full(agent_id, usage)):
                    yield draft
                return
        response = self._response(turn_number, agent_id, route)
        self._control.interrupt_request = None
        async with aclosing(response.drafts(conversation.perspectives[agent_id].sha256)) as drafts:
            async for draft in drafts:
                yield self._with_request(draft)
        if response.counted is not None and usage is not None:
            cut = truncation(usage, response.counted)
            if cut is not None:
                yield context_usage(cut, turn_number, agent_id)
        if response.error is not None:
            for draft in self._failed(response.error):
                yield draft

    def _usage(self, agent_id: str, route: Route) -> ContextUsage | None:
        """Give how full the context will be, None where that is not watched or not known."""
        context, conversation = self._rules.context, self._conversation
        limit = route.provider.context_limit(route.model)
        if not context.enabled or limit is None:
            return None
        model = conversation.agent(agent_id).model
        tokens = conversation.perspectives[agent_id].tokens
        return context_before(model, tokens, limit, context.warning_threshold)

    def _response(self, turn_number: int, agent_id: str, route: Route) -> Response:
        conversation = self._conversation
        agent, perspective = conversation.agent(agent_id), conversation.perspectives[agent_id]
        request = Request(
            model=route.model,
            messages=tuple(perspective.messages),
            characters=perspective.characters,
            parameters=agent.parameters,
            experiment_id=conversation.experiment_id,
            agent_id=agent_id,
            turn_number=turn_number,
            seed=conversation.seed or 0,
        )
        return Response(
            conversation.next_response,
            agent.model,
            request,
            route.provider,
            control=self._control,
            stream=self._rules.stream,
            calling=self._calling,
        )

    def _with_request(self, draft: Draft) -> Draft:
        request = self._control.interrupt_request
        if request is None or draft.type != "response.interrupted":
            return draft
        return replace(draft, data={**draft.data, "request": request})

    def _failed(self, error: ProviderError) -> list[Draft]:
        """Give the pause that a full context asks for, or let the experiment fail.

        Raises:
            ProviderError: for any other reason.
        """
        if error.kind != "context_length_exceeded":
            raise error
        return self._paused(Pause("context_limit", error.message))

    def _paused(self, pause: Pause) -> list[Draft]:
        self.over = True
        return paused(self._conversation, pause)

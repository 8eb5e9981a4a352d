"""What models of OpenAI and xAI are known to refuse, by name; of other names nothing is known."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Thinks = Literal["never", "as asked", "always"]


@dataclass(frozen=True, slots=True)
class ModelRule:
    """What one family of models takes.

    Args:
        pattern: matches at the beginning of a model's name.
        thinks: whether thinking can be asked for, or be switched off.
        effort: whether it takes a word for how hard it is to think.
        sampling: whether it takes temperature and top_p: `while not thinking` where it depends.
    """

    pattern: str
    thinks: Thinks = "as asked"
    effort: bool = True
    sampling: bool | Literal["while not thinking"] = True


UNKNOWN = ModelRule("")
OPENAI: tuple[ModelRule, ...] = (
    ModelRule(r"gpt-5(\.\d+)?-chat|gpt-[34]|chatgpt-", thinks="never"),
    ModelRule(r"o\d|gpt-5(-|$)", thinks="always", sampling=False),
    ModelRule(r"gpt-5\.", sampling="while not thinking"),
)
XAI: tuple[ModelRule, ...] = (
    ModelRule(r"grok-.*non-reasoning|grok-2|grok-3(-fast|-latest|-beta|$)", thinks="never"),
    ModelRule(r"grok-3-mini|grok-4\.[4-9]", thinks="always"),
    ModelRule(
        r"grok-4(-|$)|grok-4\.20|grok-4\.1|grok-code|grok-build", thinks="always", effort=False
    ),
)


def rule_of(rules: tuple[ModelRule, ...], model: str) -> ModelRule:
    """Give the first rule that matches the model."""
    return next((rule for rule in rules if re.match(rule.pattern, model)), UNKNOWN)


def refusals(rule: ModelRule, parameters: Mapping[str, Any]) -> dict[str, str]:
    """Give the parameters, among those that were asked, which such a model refuses, and why."""
    refused = {}
    thinking = parameters.get("thinking")
    if thinking and rule.thinks == "never":
        refused["thinking"] = "this model does not think; leave it out, or choose one that does"
    if thinking is False and rule.thinks == "always":
        refused["thinking"] = "this model always thinks; leave it out"
    for name in ("temperature", "top_p"):
        if rule.sampling is False:
            refused[name] = "this model chooses its own; leave it out"
        elif rule.sampling == "while not thinking" and thinking:
            refused[name] = (
                "this model takes it only while it does not think; leave one of them out"
            )
    return refused

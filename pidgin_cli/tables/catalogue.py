"""The catalogue of tables: every column, with its type and what it means."""

from __future__ import annotations

from pidgin_cli.tables.table import Column, Table

_EXPERIMENT = Column("experiment_id", "text", "the experiment that the row belongs to")
_TURN = Column("turn_number", "integer", "from 0; null outside of turns")
_TOKENS = (
    Column("input_tokens", "integer", "tokens that were sent, cached ones included"),
    Column("output_tokens", "integer", "tokens that came back, reasoning included"),
    Column("cached_tokens", "integer", "tokens of the input that were read from a cache"),
    Column("cache_write_tokens", "integer", "tokens of the input that were put into a cache"),
    Column("reasoning_tokens", "integer", "tokens of the output that were reasoning"),
)

EXPERIMENTS = Table(
    "experiments",
    "A row for each experiment: how it began, how far it came, and how it ended.",
    (
        Column("experiment_id", "text", "id of the experiment"),
        Column(
            "state",
            "text",
            "completed, failed, paused, or open, which has no last word: it runs, or crashed; "
            "pidgin list tells which",
        ),
        Column("reason", "text", "why it ended or paused"),
        Column("group_name", "text", "the group that it belongs to"),
        Column("repetition", "integer", "which repetition of the same settings it is, from 1"),
        Column("models", "text", "models of its agents in their order, as a JSON list", json=True),
        Column(
            "agents", "text", "who takes part, with which parameters, as a JSON list", json=True
        ),
        Column("initial_prompt", "text", "what every agent was told first"),
        Column("max_turns", "integer", "turns after which it was to end"),
        Column("seed", "integer", "seed of everything random in it"),
        Column("parent_id", "text", "experiment that it is a branch of"),
        Column("parent_turn", "integer", "turn of the parent from which on it differs"),
        Column("started", "time", "when its first event happened"),
        Column("updated", "time", "when its last event happened"),
        Column("duration", "number", "seconds, without those between pause and resumption"),
        Column("turns", "integer", "turns that were completed"),
        Column("messages", "integer", "messages that were said"),
        Column("interruptions", "integer", "responses that were interrupted"),
        Column("interventions", "integer", "interventions of people, the system or a mediator"),
        Column("attractors", "integer", "attractors that were detected"),
        Column("convergence", "number", "score of the last measurement, 0 to 1"),
        Column("highest_convergence", "number", "highest score of all measurements, 0 to 1"),
        Column("calls", "integer", "calls of model services that were completed"),
        Column("failed_calls", "integer", "calls of model services that failed"),
        *_TOKENS,
        Column("cost_usd", "number", "US dollars; null where a call had no known price"),
        Column("error_kind", "text", "what kind of failure ended it"),
        Column("error_message", "text", "what that failure was"),
        Column("events", "integer", "events, pieces of text included"),
        Column("deltas", "integer", "pieces of text among the events"),
        Column("pidgin", "text", "version of pidgin that began it"),
    ),
)
LABELS = Table(
    "labels",
    "A row for each label of an experiment.",
    (
        _EXPERIMENT,
        Column("key", "text", "name of the label"),
        Column("value", "text", "what it says"),
    ),
)
TURNS = Table(
    "turns",
    "A row for each turn, in which every agent speaks once.",
    (
        _EXPERIMENT,
        Column("turn_number", "integer", "from 0"),
        Column("started", "time", "when it began"),
        Column("ended", "time", "when it was completed; null where it was not"),
        Column("duration", "number", "seconds that it took"),
        Column("messages", "integer", "messages that were said in it"),
        Column("interruptions", "integer", "responses that were interrupted in it"),
        Column("calls", "integer", "calls of model services that were completed in it"),
        Column("input_tokens", "integer", "tokens that its calls sent"),
        Column("output_tokens", "integer", "tokens that its calls brought"),
        Column("cost_usd", "number", "US dollars; null where a call had no known price"),
        Column("convergence", "number", "score that was measured at its end, 0 to 1"),
    ),
)
MESSAGES = Table(
    "messages",
    "A row for each message: a whole response, or the part of one that the user cut.",
    (
        _EXPERIMENT,
        Column("position", "integer", "place among the experiment's messages, from 0"),
        Column("turn_number", "integer", "from 0"),
        Column("agent_id", "text", "who spoke"),
        Column("name", "text", "what the agent is called, where that is not its id"),
        Column("model", "text", "model that spoke"),
        Column("provider", "text", "service of the model; sim is a simulated one"),
        Column("timestamp", "time", "when the message was whole"),
        Column("content", "text", "what was said"),
        Column("length", "integer", "characters"),
        Column("tokens", "integer", "tokens of output; null where the user interrupted"),
        Column("duration", "number", "seconds from asking to the end"),
        Column("interrupted", "boolean", "whether the user cut it"),
        Column("reasoning", "text", "thinking that the service gave with it"),
        Column("response", "integer", "number of the response within its experiment"),
        Column("deltas", "integer", "pieces of text in which it came"),
    ),
)
API_CALLS = Table(
    "api_calls",
    "A row for each call of a model service.",
    (
        _EXPERIMENT,
        _TURN,
        Column("agent_id", "text", "for whom the service was called"),
        Column("response", "integer", "number of the response within its experiment"),
        Column("attempt", "integer", "number of the attempt, from 1"),
        Column("provider", "text", "name of the service"),
        Column("model", "text", "model that was asked for"),
        Column("served_model", "text", "model that answered, as the service names it"),
        Column("outcome", "text", "completed or failed; null where the call never ended"),
        Column("started", "time", "when it was made"),
        Column("ended", "time", "when it was answered or broke"),
        Column("duration", "number", "seconds to the end of the answer"),
        Column("time_to_first_chunk", "number", "seconds to the first piece of the answer"),
        *_TOKENS,
        Column("usage_estimated", "boolean", "whether pidgin estimated the tokens"),
        Column("cost_usd", "number", "US dollars; null where the price is not known"),
        Column("status", "integer", "HTTP status"),
        Column("request_id", "text", "what the service calls the request"),
        Column("finish_reason", "text", "stop, length, content_filter, tool_call or error"),
        Column("native_finish_reason", "text", "the same in the words of the service"),
        Column("error_kind", "text", "what kind of failure it was"),
        Column("error_message", "text", "what the failure was"),
        Column("retryable", "boolean", "whether it could be tried again"),
        Column("retry_in", "number", "seconds after which it was tried again"),
        Column("messages", "integer", "messages that were sent"),
        Column("messages_sha256", "text", "SHA-256 of the lines of those messages"),
        Column("parameters", "text", "parameters that were asked for and sent, as JSON", json=True),
        Column("copied", "boolean", "whether a branch copied it: then it is not counted again"),
    ),
)
_DETECTOR = (
    Column("detector", "text", "name of the detector"),
    Column("detector_version", "integer", "version of the detector"),
)
CONVERGENCE = Table(
    "convergence",
    "A row for each measurement of how alike the agents' messages are.",
    (
        _EXPERIMENT,
        _TURN,
        Column("timestamp", "time", "when it was measured"),
        Column("score", "number", "0 (nothing in common) to 1"),
        Column("baseline", "number", "score that unrelated messages would have"),
        Column("components", "text", "scores of which it is made, as a JSON object", json=True),
        Column(
            "by_agent", "text", "what is measured of each agent alone, as a JSON object", json=True
        ),
        *_DETECTOR,
    ),
)
ATTRACTORS = Table(
    "attractors",
    "A row for each pattern that a conversation fell into.",
    (
        _EXPERIMENT,
        _TURN,
        Column("timestamp", "time", "when it was detected"),
        Column("kind", "text", "which pattern"),
        Column("description", "text", "the pattern in words"),
        Column("confidence", "number", "0 to 1"),
        Column("turns", "text", "turns that show it, as a JSON list", json=True),
        Column("action", "text", "what followed: log, pause or stop"),
        *_DETECTOR,
    ),
)
INTERRUPTIONS = Table(
    "interruptions",
    "A row for each response that was cut.",
    (
        _EXPERIMENT,
        _TURN,
        Column("agent_id", "text", "whose response it was"),
        Column("response", "integer", "number of the response within its experiment"),
        Column("timestamp", "time", "when it was cut"),
        Column("reason", "text", "user, signal, stdout_closed, timeout or error"),
        Column("content", "text", "what had come; a message where the user cut it"),
        Column("chars_received", "integer", "characters that had come"),
        Column("duration", "number", "seconds since it was asked for"),
    ),
)
INTERVENTIONS = Table(
    "interventions",
    "A row for each time that words were put into a conversation.",
    (
        _EXPERIMENT,
        _TURN,
        Column("timestamp", "time", "when it happened"),
        Column("source", "text", "human, system or mediator"),
        Column("content", "text", "the words"),
        Column("target", "text", "agents that were told, as a JSON list; null for all", json=True),
        Column("request", "text", "id of the request that asked for it"),
    ),
)
PAUSES = Table(
    "pauses",
    "A row for each time that a pause was asked for.",
    (
        _EXPERIMENT,
        _TURN,
        Column("timestamp", "time", "when it was asked for"),
        Column("reason", "text", "who or what asked"),
        Column("detail", "text", "the reason in a sentence"),
        Column("resumed", "time", "when the experiment went on; null where it did not"),
    ),
)
EVENTS = Table(
    "events",
    "A row for each event.",
    (
        _EXPERIMENT,
        Column("position", "integer", "place in the order of the experiment's events, from 0"),
        Column("id", "text", "id of the event"),
        Column("type", "text", "dotted name of the kind"),
        Column("timestamp", "time", "when it happened"),
        _TURN,
        Column("agent_id", "text", "null for what the system did"),
        Column("v", "integer", "version of the schema"),
        Column("data", "text", "payload of the kind, as JSON", json=True),
        Column(
            "extra", "text", "top-level keys that this version does not know, as JSON", json=True
        ),
    ),
)
TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        EXPERIMENTS,
        LABELS,
        TURNS,
        MESSAGES,
        API_CALLS,
        CONVERGENCE,
        ATTRACTORS,
        INTERRUPTIONS,
        INTERVENTIONS,
        PAUSES,
        EVENTS,
    )
}

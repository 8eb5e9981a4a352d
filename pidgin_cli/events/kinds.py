"""The table of all kinds of events that this version writes."""

from __future__ import annotations

from typing import Any

from pidgin_cli.events import calls, detections, experiment, interventions, turns
from pidgin_cli.events.kind import Kind

KINDS: dict[str, Kind[Any]] = {
    kind.type: kind
    for kind in (
        experiment.experiment_started,
        experiment.experiment_resumed,
        experiment.experiment_completed,
        experiment.experiment_failed,
        turns.turn_started,
        turns.response_started,
        turns.response_streaming,
        turns.response_completed,
        turns.response_interrupted,
        turns.turn_completed,
        interventions.pause_requested,
        interventions.conductor_intervention,
        interventions.checkpoint_saved,
        detections.attractor_detected,
        detections.convergence_measured,
        detections.context_usage,
        detections.rate_limit_warning,
        calls.api_call_started,
        calls.api_call_completed,
        calls.api_call_failed,
        calls.stream_chunk_received,
    )
}

"""pidgin: conversations between language models, recorded as a stream of events.

The names of the public API are loaded when they are first used.
"""

from __future__ import annotations

from pidgin_cli.version import VERSION as __version__

__all__ = [
    "Agent",
    "EventStore",
    "FileSubscriber",
    "MetricsSubscriber",
    "Router",
    "TranscriptGenerator",
    "__version__",
    "create_event_dialogue_engine",
    "create_event_store",
    "get_config",
    "setup_console_subscriber",
]

# Type checkers take this name for true; loading typing would double the time of --version.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from pidgin_cli.api import (
        Agent,
        EventStore,
        FileSubscriber,
        MetricsSubscriber,
        Router,
        TranscriptGenerator,
        create_event_dialogue_engine,
        create_event_store,
        get_config,
        setup_console_subscriber,
    )


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from pidgin_cli import api

    return getattr(api, name)

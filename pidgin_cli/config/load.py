"""The settings of this process: files, environment and flags, one over the other."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from pidgin_cli.config.faults import Faults
from pidgin_cli.config.files import SYSTEM_FILE, ConfigFile, files_to_read
from pidgin_cli.config.folders import expand_home, from_folder, working_folder
from pidgin_cli.config.interpret import Setting, setting_of, settings_in
from pidgin_cli.config.layers import Layer, assembled, laid_over
from pidgin_cli.config.profiles import check_profile
from pidgin_cli.config.providers import check_providers
from pidgin_cli.config.schema import keys_of_values
from pidgin_cli.config.settings import Settings
from pidgin_cli.config.trust import refuse_restricted
from pidgin_cli.errors import ConfigError

DATA_DIR = "events.storage.data_dir"
ENVIRONMENT = {"PIDGIN_DATA_DIR": DATA_DIR}
"""Variables that set a key each. Empty ones count as not set."""

DEFAULT = "default"


class Loaded(NamedTuple):
    """The configuration, and where it came from.

    Args:
        given: for each dotted key that was set `FILE:LINE`, a variable's name or a flag.
    """

    settings: Settings
    given: Mapping[str, str]

    @property
    def origins(self) -> Mapping[str, str]:
        """Where each value came from, by its dotted key; `default` where nobody set it."""
        keys = (str(key) for key, _ in keys_of_values(self.settings))
        return MappingProxyType({key: self.given.get(key, DEFAULT) for key in keys})


def load_settings(
    *,
    explicit: Path | None = None,
    environ: Mapping[str, str] = os.environ,
    cwd: Path | None = None,
    overrides: Mapping[str, tuple[Any, str]] | None = None,
    system: Path = SYSTEM_FILE,
) -> Loaded:
    """Give the settings: defaults < system < user < project or named file < environment < flags.

    Things with a name, such as agents, are replaced whole by a stronger file; all other keys are
    replaced one by one. Paths come out absolute.

    Args:
        explicit: the file that --config names.
        cwd: the folder to look in and to see relative paths from; the process's own by default.
        overrides: from dotted keys to the value of a flag and the flag's name.
        system: the file that holds for everybody on the machine.

    Raises:
        ConfigError: a file, variable or flag is wrong; has all faults that were found.
    """
    faults = Faults()
    folder = working_folder() if cwd is None else Path(os.path.abspath(cwd))
    # The only default that is a path, and has to be made absolute as all others.
    layer = laid_over({}, [setting_of(DATA_DIR, Settings().events.storage.data_dir, DEFAULT)])
    for file in files_to_read(explicit, environ, folder, system):
        with faults.gathered():
            layer = laid_over(layer, _settings_of(file))
    with faults.gathered():
        layer = laid_over(layer, _from_environment(environ, folder))
    with faults.gathered():
        layer = laid_over(layer, _from_flags(overrides or {}, folder))
    for path, setting in layer.items():
        with faults.gathered():
            layer[path] = _at_home(setting, environ)
    faults.refuse()
    return _loaded(layer)


def _settings_of(file: ConfigFile) -> list[Setting]:
    data = file.read()
    if data is None:
        return []
    # Only those who have a file pay for YAML.
    from pidgin_cli.config.yaml_file import parse_yaml

    settings = list(settings_in(parse_yaml(data, file.name), file.name))
    if not file.trusted:
        refuse_restricted(settings, file.name)
    return [_seen_from(file.path.parent, setting) for setting in settings]


def _from_environment(environ: Mapping[str, str], folder: Path) -> list[Setting]:
    return [
        _seen_from(folder, setting_of(dotted, environ[name], name))
        for name, dotted in ENVIRONMENT.items()
        if environ.get(name)
    ]


def _from_flags(overrides: Mapping[str, tuple[Any, str]], folder: Path) -> list[Setting]:
    return [
        _seen_from(folder, setting_of(dotted, value, flag))
        for dotted, (value, flag) in overrides.items()
    ]


def _seen_from(folder: Path, setting: Setting) -> Setting:
    if not isinstance(setting.value, Path):
        return setting
    return setting._replace(value=from_folder(setting.value, folder))


def _at_home(setting: Setting, environ: Mapping[str, str]) -> Setting:
    if not isinstance(setting.value, Path):
        return setting
    try:
        path = expand_home(setting.value, environ, str(setting.key))
    except ConfigError as error:
        raise ConfigError(f"{setting.origin}: {error}") from None
    return setting._replace(value=path)


def _loaded(layer: Layer) -> Loaded:
    settings: Settings = assembled(Settings, layer)
    given = {str(setting.key): setting.origin for setting in layer.values()}
    faults = Faults()
    with faults.gathered():
        check_providers(settings.providers, given)
    with faults.gathered():
        check_profile(settings.conversation.convergence, given)
    faults.refuse()
    return Loaded(settings, MappingProxyType(given))

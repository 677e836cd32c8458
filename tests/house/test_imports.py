"""Who may import whom (docs/architecture.md). Data goes one way round; a circle would let two rules disagree."""

import pytest

from tests.house.tree import PACKAGES, files, imported, short

BELOW = {"fastpix_api", "web"}
MAY = {
    "fastpix_api": set(),
    "web": set(),
    "sandbox": set(),
    "workspace_app": BELOW,
    "events_app": BELOW | {"workspace_app"},
    "media_app": BELOW | {"workspace_app", "events_app"},
    "live_app": BELOW | {"workspace_app", "events_app"},
    "analytics_app": BELOW | {"workspace_app"},
    "fastpix_console": set(PACKAGES),
}
# Inside an app data flows urls → views → services → models; what a layer may not reach back to.
LAYERS = {
    "models": {"services", "views", "tasks", "urls", "projections"},
    "services": {"views", "urls"},
    "tasks": {"views", "urls"},
    "projections": {"views", "urls"},
}


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_imports_only_what_lies_below_it(package):
    allowed = MAY[package] | {package}
    wrong = [
        f"{short(path)} imports {name}"
        for path in files(package)
        for name in imported(path)
        if name.split(".")[0] in PACKAGES and name.split(".")[0] not in allowed
    ]
    assert not wrong, "\n".join(wrong)


def test_imports_are_absolute():
    assert not [short(path) for path in files() if "." in imported(path)]


def test_no_layer_reaches_back_up():
    wrong = []
    for path in files("workspace_app", "events_app", "media_app", "live_app", "analytics_app"):
        package, layer = _place(path)
        for name in imported(path):
            parts = name.split(".")
            if parts[0] == package and len(parts) > 1 and parts[1] in LAYERS.get(layer, set()):
                wrong.append(f"{short(path)} imports {name}")
    assert not wrong, "\n".join(wrong)


def test_only_the_api_client_and_the_sandbox_speak_http():
    speakers = {"requests", "urllib3", "http.client", "urllib.request", "httpx"}
    # the road of a workspace: it refuses private addresses and tells the breaker
    allowed = (
        "fastpix_api/",
        "sandbox/",
        "fastpix_console/up/",
        "workspace_app/road.py",
        "workspace_app/services/connection.py",
    )
    wrong = [
        f"{short(path)} imports {name}"
        for path in files()
        for name in imported(path)
        if name in speakers and not short(path).startswith(allowed)
    ]
    assert not wrong, "\n".join(wrong)


def _place(path):
    parts = short(path).split("/")
    return parts[0], parts[1].removesuffix(".py")

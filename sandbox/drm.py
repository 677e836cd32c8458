"""DRM configurations under /v1/on-demand/drm-configurations. FastPix sets them up; here a control does.

The sandbox encrypts nothing: a `drm` playback ID plays unencrypted to whoever has its token.
"""

from uuid import uuid4

from starlette.requests import Request
from starlette.responses import Response

from sandbox import checks, control, errors, paging, world
from sandbox.answers import ok
from sandbox.store import Store


async def list_all(request: Request) -> Response:
    """GET: ids only; 400 where there is none (recorded)."""
    here, page = world.of(request), paging.asked(request, ordered=False)
    rows, pagination = page.rows(here.store, "drm_configurations")
    if not pagination["totalRecords"]:
        raise _missing()
    return ok([{"id": row["id"]} for row in rows], pagination=pagination)


async def get(request: Request) -> Response:
    """GET: one; a malformed id is 422 (recorded), an unknown one is told as if there was none."""
    wanted = checks.identifier(request, "drmConfigurationId")
    if not _known(world.of(request).store, wanted):
        raise _missing()
    return ok({"id": wanted})


def check(store: Store, policy: str, configuration_id: str | None) -> None:
    """The policy drm needs a configuration that exists: 400 where it does not, 422 where none is named."""
    if policy != "drm":
        return
    if configuration_id is None and store.one("SELECT 1 FROM drm_configurations LIMIT 1"):
        raise errors.invalid([{"field": "drmConfigurationId", "message": "must not be null"}])
    if configuration_id is None or not _known(store, configuration_id):
        raise _missing()


async def turn(request: Request) -> Response:
    """POST /_sandbox/drm: {} makes a configuration, {"remove": id} takes one away. Answers with all ids."""
    control.check_caller(request)
    here, given = world.of(request), await control.given(request)
    removed = given.get("remove")
    if removed:
        here.store.run("DELETE FROM drm_configurations WHERE id = ?", [str(removed)])
    else:
        here.store.run("INSERT INTO drm_configurations (id) VALUES (?)", [str(uuid4())])
    rows = here.store.all("SELECT id FROM drm_configurations ORDER BY seq")
    return control.answered(request, {"configurations": [row["id"] for row in rows]})


def _known(store: Store, configuration_id: str) -> bool:
    return store.one("SELECT 1 FROM drm_configurations WHERE id = ?", [configuration_id]) is not None


def _missing() -> errors.Refusal:
    return errors.bad_request("The DRM configuration does not exist.", "DRM ID does not exist")

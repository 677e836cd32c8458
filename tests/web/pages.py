"""Pages for the tests of the frame: they need no database and no FastPix."""

import time
from pathlib import Path
from types import SimpleNamespace

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import ConnectionHandler
from django.http import Http404, HttpResponse, JsonResponse
from django.template import engines
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

HERE = Path(__file__).parent / "templates"


class Trouble(Exception):
    """Looks like an error of FastPix's client, without being one."""

    sentence = "FastPix did not answer in 8 s. Try again in a minute."
    request_id = "remote-77"
    retry_after = 12.4


class Refusal(Trouble):
    """FastPix's trouble that certainly left everything as it was."""

    perhaps_done = False


class Form(forms.Form):
    title = forms.CharField(label="Title", help_text="At most 255 characters.")
    role = forms.ChoiceField(label="Role", choices=[("a", "Viewer"), ("b", "Editor")])
    access = forms.ChoiceField(label="Access", widget=forms.RadioSelect, choices=[("a", "Public"), ("b", "Private")])
    keep = forms.BooleanField(label="Keep originals", required=False)
    slug = forms.CharField(widget=forms.HiddenInput, required=False)


def draw(request, name, **content):
    """A template of this folder."""
    return HttpResponse(engines["django"].from_string((HERE / name).read_text()).render(content, request))


@login_not_required
def full(request):
    if word := request.GET.get("say"):
        messages.add_message(request, int(request.GET.get("level", messages.SUCCESS)), word)
    return draw(request, "page.html")


@login_not_required
def form(request):
    return draw(request, "form.html", form=Form(request.POST or {"title": "", "access": "c"}))


@login_not_required
def dialog(request):
    return draw(request, "dialog.html")


@csrf_exempt
@login_not_required
def answer(request, kind):
    """Every ending a request can have."""
    endings = {"trouble": Trouble, "crash": ValueError("secret inside"), "gone": Http404, "no": PermissionDenied}
    endings |= {"odd": SuspiciousOperation("odd"), "refused": Refusal}
    if kind == "slow":
        time.sleep(0.8)
        raise Trouble
    if kind == "dark":
        away = {"ENGINE": "django.db.backends.postgresql", "NAME": "secret inside", "HOST": "127.0.0.1", "PORT": "9"}
        ConnectionHandler({"default": away})["default"].ensure_connection()
    if kind in endings:
        raise endings[kind]
    response = HttpResponse(f"<p>{kind} {request.request_id}</p>")
    if kind == "toast":
        response["HX-Trigger"] = '{"toast": {"tone": "bad", "text": "<img src=x onerror=alert(1)>"}}'
    if kind == "kept":
        response["Cache-Control"] = "max-age=60"
    return response


@login_not_required
def protected(request):
    return HttpResponse("changed")


@login_not_required
def token(request):
    return JsonResponse({"token": "a token/with+signs"}) if request.method == "POST" else HttpResponse(status=405)


@login_not_required
def film(request, name):
    """The HLS files a test put into the folder it names in `film.folder`.

    `refuse` is the status to answer with instead; `broken` how often a file comes with spoilt packets.
    """
    film.asked.append(request.get_full_path())
    if film.refuse:
        return HttpResponse(status=film.refuse)
    kind = "application/vnd.apple.mpegurl" if name.endswith("m3u8") else "video/mp2t"
    held = (film.folder / name).read_bytes()
    if film.broken.get(name, 0) > 0:
        film.broken[name] -= 1
        held = b"".join(held[at : at + 100] + b"\xa5" * 88 for at in range(0, len(held), 188))
    return HttpResponse(held, content_type=kind)


film.folder, film.asked, film.refuse, film.broken = Path(), [], 0, {}

WORKSPACE = SimpleNamespace(pk=1, name="<b>Harbor</b>", slug="harbor", sandbox=False)

urlpatterns = [
    path("full/", full),
    path("form/", form),
    path("dialog/", dialog),
    path("answer/<str:kind>/", answer),
    path("protected/", protected),
    path("token/", token),
    path("film/<str:name>", film),
    path("w/<slug:slug>/", full, name="one"),
]
handler400 = "web.errors.bad_request"
handler403 = "web.errors.forbidden"
handler404 = "web.errors.not_found"
handler500 = "web.errors.server_error"

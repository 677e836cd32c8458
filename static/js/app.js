// Listens to htmx for every page: where errors go, what is busy, and what must never be swapped.
const body = document.body;

// A refresh nobody asked for (push, polling) must not replace what is on the page with an error.
const asked = (config) => !config.triggeringEvent || !/^(live:|every)/.test(config.triggeringEvent.type || "");

const ownErrorPanel = () => document.getElementById("error-template").innerHTML;

const isFragment = (xhr) => xhr.getResponseHeader("X-Error") === "fragment";

// Where an error is shown: in place of what was being loaded; for an act, in the dialog, so that the content stays; for
// an act of the dialog itself, in the dialog's own place for it, so that what was written there stays.
function place(detail) {
  const { target, requestConfig } = detail;
  const own = requestConfig.verb !== "get" && requestConfig.elt?.closest("dialog")?.querySelector("#dialog-error");
  if (own) return own;
  if (target?.closest("dialog") || (requestConfig.verb === "get" && target !== body)) return target;
  return document.getElementById("dialog");
}

body.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, requestConfig } = event.detail;
  if (/^\s*<!doctype html/i.test(xhr.responseText || "") && event.detail.target !== body) {
    // A whole page where a fragment was asked for: the session ended or the page moved.
    event.detail.shouldSwap = false;
    window.location.assign(requestConfig.verb === "get" && xhr.status >= 400 ? window.location.href : xhr.responseURL);
    return;
  }
  if (!asked(requestConfig) && event.detail.target?.querySelector("[data-answering]")) {
    // A refresh must not take away the form whose answer is on its way: that answer would reach nobody.
    event.detail.shouldSwap = false;
    event.detail.target.dataset.stale = "";
    return;
  }
  if (xhr.status < 400 || xhr.status === 422) return;
  event.detail.isError = false;
  event.detail.shouldSwap = asked(requestConfig);
  event.detail.target = place(event.detail);
  event.detail.swapOverride = "innerHTML";
  if (!isFragment(xhr)) event.detail.serverResponse = ownErrorPanel();
});

// No answer at all: the network, or the console itself, is away.
function unanswered(event) {
  const { requestConfig } = event.detail;
  if (!requestConfig || !asked(requestConfig)) return;
  const target = place({ ...event.detail, target: event.detail.target || requestConfig.target });
  target.innerHTML = ownErrorPanel();
  target.dispatchEvent(new CustomEvent("fp:filled", { bubbles: true }));
}
body.addEventListener("htmx:sendError", unanswered);
body.addEventListener("htmx:timeout", unanswered);

body.addEventListener("htmx:beforeRequest", ({ detail }) => detail.target?.setAttribute("aria-busy", "true"));
body.addEventListener("htmx:afterRequest", ({ detail }) => detail.target?.removeAttribute("aria-busy"));

// Acts on their way are marked; a region whose refresh waited for one is fetched again.
body.addEventListener("htmx:beforeRequest", ({ detail }) => {
  if (detail.requestConfig.verb !== "get") detail.elt.dataset.answering = "";
});
body.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (detail.requestConfig.verb === "get") return; // not the refresh itself, which ended without being swapped
  delete detail.elt.dataset.answering;
  const region = detail.elt.closest("[data-stale]");
  if (!region?.isConnected) return;
  delete region.dataset.stale;
  const swap = region.getAttribute("data-hx-swap") || "innerHTML";
  window.htmx.ajax("GET", region.getAttribute("data-hx-get"), { source: region, target: region, swap });
});
body.addEventListener("htmx:afterSettle", (event) => {
  // a target that was replaced as a whole hears nothing any more; htmx tells the new element
  const { target } = event.detail;
  (target?.isConnected ? target : event.target).dispatchEvent(new CustomEvent("fp:filled", { bubbles: true }));
});

// Forms that are not sent by htmx: a second click must not send them twice.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "true";
  setTimeout(() => delete form.dataset.sent, 10_000);
});
addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));

// A button that cannot be used now stays focusable and says why, but does nothing.
document.addEventListener("click", (event) => {
  if (event.target instanceof Element && event.target.closest("[aria-disabled=true]")) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }
}, true);

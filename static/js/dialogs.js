// Native dialogs: opened when something is put into #dialog or by data-dialog-open, closed by Esc, the backdrop or
// data-dialog-close; the focus starts on the safe choice and goes back to where it was. What is told only once
// (data-told-once) is closed by its own button alone.
const filled = document.getElementById("dialog");
const openers = new WeakMap();

function open(dialog) {
  if (!dialog.open) {
    openers.set(dialog, document.activeElement);
    dialog.showModal();
  }
  name(dialog);
  (dialog.querySelector("[autofocus]") || dialog.querySelector("input:not([type=hidden]), select, textarea, button, a"))?.focus();
}

// A dialog is called by its own heading.
function name(dialog) {
  const heading = dialog.querySelector("h1, h2, h3");
  if (dialog.hasAttribute("aria-label") || !heading) return;
  heading.id ||= `${dialog.id}-title`;
  dialog.setAttribute("aria-labelledby", heading.id);
}

function close(dialog) {
  if (dialog?.open) dialog.close();
}

document.addEventListener("fp:filled", (event) => {
  if (event.target === filled || filled.contains(event.target)) {
    if (filled.childElementCount) { if (!filled.open) open(filled); else name(filled); } else close(filled);
  }
});

document.addEventListener("click", (event) => {
  const from = event.target instanceof Element ? event.target : null;
  const opener = from?.closest("[data-dialog-open]");
  if (opener) open(document.getElementById(opener.dataset.dialogOpen));
  // a slip of the pointer beside the dialog must not cost what was written in it
  const beside = from?.matches("dialog[open]") && !from.querySelector("[data-unsaved], [data-told-once]");
  if (from?.closest("[data-dialog-close]") || beside) close(from.closest("dialog"));
});

for (const dialog of document.querySelectorAll("dialog")) {
  dialog.addEventListener("cancel", (event) => { if (dialog.querySelector("[data-told-once]")) event.preventDefault(); });
  dialog.addEventListener("close", () => {
    if (dialog === filled) filled.replaceChildren();
    const opener = openers.get(dialog);
    const here = opener?.isConnected ? opener : opener?.id && document.getElementById(opener.id); // a fresh copy of it
    const back = here && here !== document.body ? here : document.getElementById("main");
    back?.focus({ preventScroll: true });
  });
}

// The server closes it with HX-Trigger: dialog:close; an act that succeeded elsewhere on the page closes it too.
document.body.addEventListener("dialog:close", () => close(filled));
document.body.addEventListener("htmx:afterRequest", ({ detail }) => {
  const { elt, target, successful, requestConfig } = detail;
  if (successful && requestConfig.verb !== "get" && filled.contains(elt) && !filled.contains(target) && target !== filled) close(filled);
});

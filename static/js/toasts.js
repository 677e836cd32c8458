// Answers to one's own acts. HX-Trigger {"toast": {"tone": "ok", "text": "…"}}, or a "toast" event from a script. With
// "undo": "<event>" it has an Undo button, which fires that event on the body: the page's own script takes it back.
// They leave after 6 s, but not while they are pointed at or hold the focus; errors stay.
const list = document.getElementById("toasts");
const template = document.getElementById("toast-template");
const STAY = 6000;

function arm(toast) {
  if (toast.dataset.armed) return;
  toast.dataset.armed = "true";
  if (toast.dataset.tone === "bad") return;
  const leave = () => {
    if (toast.matches(":hover") || toast.contains(document.activeElement)) setTimeout(leave, 1000);
    else toast.remove();
  };
  setTimeout(leave, STAY);
}

function say({ tone = "info", text = "", undo = "" }) {
  const toast = template.content.firstElementChild.cloneNode(true);
  toast.dataset.tone = tone;
  toast.querySelector(".toast-text").textContent = text;
  if (tone === "bad") toast.setAttribute("role", "alert");
  toast.querySelector("[data-toast-undo]").hidden = !undo;
  toast.dataset.undo = undo;
  list.append(toast);
  while (list.childElementCount > 4) list.firstElementChild.remove();
}

// Above an open dialog, which lives in the browser's top layer.
function lift() {
  if (!list.showPopover) return;
  list.popover = "manual";
  if (list.matches(":popover-open")) list.hidePopover();
  if (list.childElementCount) list.showPopover();
}

new MutationObserver(() => {
  [...list.children].forEach(arm);
  lift();
}).observe(list, { childList: true });
[...list.children].forEach(arm);
lift();

document.body.addEventListener("toast", (event) => say(event.detail));
list.addEventListener("click", (event) => {
  const toast = event.target.closest("[data-toast-close], [data-toast-undo]")?.closest(".toast-fp");
  if (!toast) return;
  toast.remove();
  if (event.target.closest("[data-toast-undo]")) document.body.dispatchEvent(new CustomEvent(toast.dataset.undo));
});

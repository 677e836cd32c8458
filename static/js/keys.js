// The keyboard: "/" search, "g" then a letter to go, "j" "k" rows, "x" select, "u" upload, "?" the list. Single letters never act in
// fields and can be switched off on this device.
const SWITCH = "fp-keys";
const box = document.querySelector("[data-keys-switch]");
let going = 0;

const stored = () => { try { return localStorage.getItem(SWITCH); } catch { return null; } };
const on = () => stored() !== "off";
const typing = (target) => target instanceof Element && target.closest("input:not([type=checkbox]), textarea, select, [contenteditable], video, .player");

function move(step) {
  const links = [...document.querySelectorAll("main .tbl tbody tr a.title, main .tbl tbody tr td:first-child a")];
  if (!links.length) return;
  const rows = [...new Set(links.map((link) => link.closest("tr")))];
  const here = rows.findIndex((row) => row.contains(document.activeElement));
  const next = rows[Math.min(rows.length - 1, Math.max(0, here + step))];
  document.querySelectorAll("tr.cursor").forEach((row) => row.classList.remove("cursor"));
  next.classList.add("cursor");
  next.querySelector("a").focus();
}

// Lists with selectable rows hear of it (select.js).
const choose = (range) => document.dispatchEvent(new CustomEvent("fp:choose", { detail: { range } }));

function go(letter) {
  going = 0;
  const link = document.querySelector(`a[data-go="${CSS.escape(letter)}"]`);
  if (link) window.location.assign(link.href);
}

const acts = {
  "/": () => document.querySelector("[data-search], main form[role=search] input")?.focus(),
  "?": () => document.querySelector("[data-dialog-open=keys]")?.click(),
  j: () => move(1),
  k: () => move(-1),
  x: () => choose(false),
  X: () => choose(true),
  g: () => { going = Date.now(); },
  u: () => go("u"),
};

// A button of this page that names its own key.
function shortcut(key) {
  const button = /^[a-z]$/.test(key) && document.querySelector(`main [aria-keyshortcuts="${key}"]`);
  return button ? () => button.click() : undefined;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return;
  if (!on() || document.querySelector("dialog[open]")) return;
  if (going && Date.now() - going < 1500 && /^[a-z]$/.test(event.key)) { event.preventDefault(); go(event.key); return; }
  const act = acts[event.key] || shortcut(event.key);
  if (act) { event.preventDefault(); act(); }
});

if (box) {
  box.checked = on();
  box.addEventListener("change", () => { try { localStorage.setItem(SWITCH, box.checked ? "on" : "off"); } catch { /* this page only */ } });
}

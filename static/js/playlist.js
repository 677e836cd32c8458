// A playlist's order: moved by drag, buttons or Alt and arrows, shown at once, written as a whole a moment later, and put
// back where FastPix refuses it. Fragments replace the list, so everything is listened for on the document.
const said = document.getElementById("playlist-said");
const place = document.getElementById("playlist-place");
const PAUSE = 500; // ms after the last key until the order is written: ten presses are one write
const EDGE = 90; // px from the screen's edges where a drag scrolls

const list = () => document.querySelector("#playlist-items[data-mark]");
const rows = () => [...(list()?.children ?? [])];
const ids = (of) => of.map((row) => row.dataset.id).join(" ");
const say = (text) => { said.textContent = ""; requestAnimationFrame(() => { said.textContent = text; }); };
// what goes wrong app.js shows; the promise that htmx rejects then is nobody's
const ask = (verb, address, context) => window.htmx.ajax(verb, address, context).catch(() => {});
const told = (word, row) => list().dataset[word].replace("%title", row.dataset.title).replace("%n", rows().indexOf(row) + 1).replace("%m", rows().length);

let held = []; // the rows as FastPix holds them
let removed; // the order before the last removal
let underWay; // the order that is being written
let waiting; // the ids of a removal that was asked for before the order was written
let outdone = false; // whether the rows were moved again while it was
let timer;
let drag;

// A list that came from FastPix.
function take() {
  if (list()?.dataset.taken) return;
  clearTimeout(timer);
  timer = undefined;
  drag = undefined;
  held = rows();
  if (list()) list().dataset.taken = "true";
  select();
  takeOut();
}

function ends() {
  const all = rows();
  all.forEach((row, at) => row.querySelectorAll("[data-move]").forEach((button) => {
    if (at === (button.dataset.move === "1" ? all.length - 1 : 0)) button.setAttribute("aria-disabled", "true");
    else button.removeAttribute("aria-disabled");
  }));
}

function put(order) {
  list()?.append(...order);
  ends();
}

// The row that is moved stays where it is in the document and the others go around it: it keeps focus and pointer.
function step(row, by) {
  const other = by > 0 ? row.nextElementSibling : row.previousElementSibling;
  if (!other) return false;
  if (by > 0) row.before(other); else row.after(other);
  return true;
}

function move(row, by) {
  take(); // a list that has just come may be moved in before the page has told so
  if (!step(row, by)) { say(list().dataset[by > 0 ? "last" : "first"]); return; }
  ends();
  row.scrollIntoView({ block: "nearest" });
  say(told("moved", row));
  clearTimeout(timer);
  timer = setTimeout(write, PAUSE);
}

function write() {
  clearTimeout(timer);
  timer = undefined;
  const here = list();
  const order = ids(rows());
  if (!here || underWay !== undefined || drag || order === ids(held)) return;
  underWay = order;
  ask("POST", here.dataset.reorder, { source: here, target: "#playlist", swap: "outerHTML", values: { order, mark: here.dataset.mark } });
}

const ours = ({ requestConfig }) => requestConfig.verb === "post" && requestConfig.path === list()?.dataset.reorder;

document.body.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (!ours(detail) || detail.xhr.status !== 200) return;
  outdone = Boolean(drag) || ids(rows()) !== underWay;
  if (!outdone) return;
  // only the mark is taken over, and the newer order is written after it
  const fresh = new DOMParser().parseFromString(detail.serverResponse, "text/html").getElementById("playlist-items");
  const byId = new Map(rows().map((row) => [row.dataset.id, row]));
  held = underWay.split(" ").map((id) => byId.get(id));
  list().dataset.mark = fresh.dataset.mark;
  detail.shouldSwap = false;
});

document.body.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (underWay === undefined || detail.requestConfig.verb !== "post" || !detail.requestConfig.path.endsWith("/items/reorder/")) return;
  underWay = undefined;
  const again = outdone;
  outdone = false;
  if (detail.successful) { if (again) { write(); takeOut(); } return; }
  waiting = undefined;
  if (detail.xhr.status === 422) return; // the answer shows how it is now, and says why
  clearTimeout(timer);
  put(held);
  say(list()?.dataset.back ?? "");
  // it may have been done all the same: look, without putting an error over what is shown
  ask("GET", place.getAttribute("data-hx-get"), { source: place, target: place, swap: "innerHTML", event: new CustomEvent("live:again") });
});

// A page that is left takes its last move along.
addEventListener("pagehide", () => {
  const here = list();
  if (!timer || !here || ids(rows()) === ids(held)) return;
  const body = new URLSearchParams({ order: ids(rows()), mark: here.dataset.mark });
  fetch(here.dataset.reorder, { method: "POST", body, headers: JSON.parse(document.body.dataset.hxHeaders), keepalive: true }).catch(() => {});
});

// Keys and buttons
document.addEventListener("click", ({ target }) => {
  const button = target.closest?.("#playlist-items [data-move]");
  if (button) move(button.closest("li"), Number(button.dataset.move));
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && drag) { letGo(false); return; }
  const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  const row = event.altKey && by && event.target.closest?.("#playlist-items > li");
  if (!row || !list()) return;
  event.preventDefault();
  move(row, by);
});

// Dragging
function follow() {
  const { row } = drag;
  const middle = (one) => { const box = one.getBoundingClientRect(); return box.top + box.height / 2; };
  while (row.nextElementSibling && drag.y > middle(row.nextElementSibling)) step(row, 1);
  while (row.previousElementSibling && drag.y < middle(row.previousElementSibling)) step(row, -1);
}

function scroll() {
  if (!drag) return;
  const by = drag.y < EDGE ? -8 : drag.y > innerHeight - EDGE ? 8 : 0;
  if (by) { scrollBy(0, by); follow(); }
  requestAnimationFrame(scroll);
}

function letGo(keep) {
  const { row, before } = drag;
  drag = undefined;
  row.classList.remove("dragged");
  if (!keep) put(before);
  ends();
  if (ids(before) !== ids(rows())) say(told("moved", row));
  write();
}

document.addEventListener("pointerdown", (event) => {
  const handle = event.target.closest?.("#playlist-items [data-handle]");
  if (!handle || event.button !== 0 || drag) return;
  event.preventDefault();
  take();
  handle.setPointerCapture(event.pointerId);
  drag = { row: handle.closest("li"), before: rows(), pointer: event.pointerId, y: event.clientY };
  drag.row.classList.add("dragged");
  requestAnimationFrame(scroll);
});
document.addEventListener("pointermove", (event) => {
  if (event.pointerId !== drag?.pointer) return;
  drag.y = event.clientY;
  follow();
});
document.addEventListener("pointerup", (event) => { if (event.pointerId === drag?.pointer) letGo(true); });
document.addEventListener("pointercancel", (event) => { if (event.pointerId === drag?.pointer) letGo(false); });

// Selecting, removing, taking a removal back
function select() {
  const boxes = [...document.querySelectorAll("#playlist-items [name=media_id]")];
  const count = boxes.filter((box) => box.checked).length;
  const all = document.querySelector("[data-select-all]");
  if (!all) return;
  all.checked = count > 0 && count === boxes.length;
  all.indeterminate = count > 0 && count < boxes.length;
  const words = document.querySelector("[data-selected]");
  words.textContent = count ? words.dataset.some.replace("%n", count) : words.dataset.none;
  document.querySelector("[data-remove-selected]").hidden = !count;
}

document.addEventListener("change", ({ target }) => {
  if (target.matches("[data-select-all]")) document.querySelectorAll("#playlist-items [name=media_id]").forEach((box) => { box.checked = target.checked; });
  if (target.matches("[data-select-all], #playlist-items [name=media_id]")) select();
});
// A removal waits until the order made before it is written: its own answer would show the list without that.
document.body.addEventListener("htmx:confirm", (event) => {
  const { path, elt } = event.detail;
  if (path !== list()?.dataset.remove || elt.id === "playlist" || (!timer && underWay === undefined)) return;
  event.preventDefault();
  const row = elt.closest("#playlist-items > li");
  waiting = row ? [row.dataset.id] : [...document.querySelectorAll("#playlist-items [name=media_id]:checked")].map((box) => box.value);
  write();
  takeOut();
});

function takeOut() {
  if (!waiting || !list() || underWay !== undefined) return;
  const values = { media_id: waiting };
  waiting = undefined;
  ask("POST", list().dataset.remove, { source: "#playlist", target: "#playlist", swap: "outerHTML", values });
}

document.body.addEventListener("htmx:beforeRequest", ({ detail: { requestConfig } }) => {
  if (requestConfig.path === list()?.dataset.remove) removed = ids(held);
});
document.body.addEventListener("playlist:undo", () => {
  // an empty list has no <ol> to ask: its place in the page knows the addresses then
  const { restore, mark } = document.getElementById("playlist").dataset;
  if (removed) ask("POST", restore, { source: "#playlist", target: "#playlist", swap: "outerHTML", values: { order: removed, mark } });
});

document.addEventListener("fp:filled", take);
take();

// Rows that are selected ([data-pick]) and the bar that acts on them. What is selected belongs to the list's query: it
// stays while its rows are refreshed and while one pages through them, and ends with another query.
const bar = document.getElementById("media-bulk");
const list = () => document.getElementById(bar.dataset.chosen);
const boxes = () => [...document.querySelectorAll("[data-pick]")];
const STORE = "fp-chosen";

let scope, chosen, most; // the query; the ids selected for it; whether there were more than one act can take
let anchor; // the id a range begins at

function query() {
  const asked = new URLSearchParams(window.location.search);
  return [document.body.dataset.workspace, asked.get("q") || "", asked.get("status") || ""].join("\n");
}

function recall() {
  if (scope === query()) return;
  scope = query();
  anchor = undefined;
  let kept = {};
  try { kept = JSON.parse(sessionStorage.getItem(STORE)) || {}; } catch { /* nothing is remembered */ }
  chosen = new Set(kept.scope === scope ? kept.ids : []);
  most = kept.scope === scope && Boolean(kept.most);
}

function keep() {
  const ids = [...chosen];
  try { sessionStorage.setItem(STORE, JSON.stringify({ scope, ids, most })); } catch { /* this page only */ }
}

// Only what differs is written: this is also run when something on the page has changed.
const write = (element, name, value) => { if (element[name] !== value) element[name] = value; };
const words = (texts) => {
  const number = chosen.size.toLocaleString("en");
  if (most && texts.most) return texts.most.replace("%n", number);
  return chosen.size === 1 ? texts.one : texts.many.replace("%n", number);
};

function show() {
  recall();
  const here = boxes();
  const marked = here.filter((box) => chosen.has(box.value)).length;
  here.forEach((box) => write(box, "checked", chosen.has(box.value)));
  const page = document.querySelector("[data-pick-page]");
  if (page) {
    write(page, "checked", marked > 0 && marked === here.length);
    write(page, "indeterminate", marked > 0 && marked < here.length);
  }
  write(bar, "hidden", !chosen.size);
  document.querySelectorAll("[data-chosen-count]").forEach((place) => write(place, "textContent", words(place.dataset)));
  write(bar.querySelector("[data-chosen-ids]"), "value", [...chosen].join(","));
  const wholePage = marked === here.length && list().querySelector(".pager") !== null;
  write(bar.querySelector("[data-choose-all]"), "hidden", !wholePage || chosen.size > here.length);
}

function announce() {
  keep();
  show();
  const texts = bar.querySelector("[data-chosen-count]").dataset;
  document.getElementById("said").textContent = chosen.size ? words(texts) : texts.none;
}

function mark(these, on) {
  these.forEach((box) => (on ? chosen.add(box.value) : chosen.delete(box.value)));
  most = false;
}

// `range`: everything from the row marked last to this one.
function pick(box, on, range) {
  const here = boxes();
  const from = here.findIndex((one) => one.value === anchor);
  const to = here.indexOf(box);
  mark(range && from >= 0 ? here.slice(Math.min(from, to), Math.max(from, to) + 1) : [box], on);
  anchor = box.value;
  announce();
}

function clear() {
  chosen.clear();
  most = false;
  anchor = undefined;
  announce();
}

async function chooseAll() {
  const asked = scope;
  const answer = await fetch(bar.dataset.ids + window.location.search, { headers: { Accept: "application/json" } });
  if (!answer.ok || asked !== query()) return;
  const { ids, more } = await answer.json();
  chosen = new Set(ids);
  most = more;
  announce();
}

document.addEventListener("click", ({ target, shiftKey }) => {
  if (!(target instanceof Element)) return;
  if (target.matches("[data-pick]")) pick(target, target.checked, shiftKey);
  else if (target.matches("[data-pick-page]")) { mark(boxes(), target.checked); announce(); }
  else if (target.closest("[data-choose-none]")) clear();
  else if (target.closest("[data-choose-all]")) chooseAll();
});

document.addEventListener("fp:choose", ({ detail: { range } }) => {
  const row = document.activeElement.closest("tr") || document.querySelector("tr.cursor");
  const box = row?.querySelector("[data-pick]");
  if (box) pick(box, range || !box.checked, range);
});

document.addEventListener("keydown", ({ key, target }) => {
  if (key !== "Escape" || !chosen.size || document.querySelector("dialog[open]") || target.matches("[type=search]")) return;
  clear();
});

// The order was taken: what it is about is no longer selected.
document.body.addEventListener("bulk:ordered", clear);

new MutationObserver(show).observe(document.getElementById("main"), { childList: true, subtree: true });
addEventListener("popstate", show);
addEventListener("pageshow", show);
show();

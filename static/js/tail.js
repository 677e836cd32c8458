// A list that follows what happens: [data-tail] pauses it, [data-newer] shows the rows that wait. Pushes come in bursts;
// the list looks again at most twice a second, and always once after the last of them.
const body = document.body;
const tail = document.querySelector("[data-tail]");
const newer = document.querySelector("[data-newer]");
const APART = 500;
let due;
let last = 0;

const look = () => {
  due = undefined;
  last = Date.now();
  body.dispatchEvent(new CustomEvent("fp:heard", { detail: "tail" })); // regions.js: also while an answer is on its way
  body.dispatchEvent(new CustomEvent("live:tail"));
};
body.addEventListener("live:events", () => {
  due ??= setTimeout(look, Math.max(0, last + APART - Date.now()));
});

tail.addEventListener("click", () => {
  const follows = "paused" in body.dataset;
  if (follows) delete body.dataset.paused;
  else body.dataset.paused = "";
  tail.setAttribute("aria-pressed", String(follows));
  tail.classList.toggle("active", follows);
  if (follows) look();
});

newer.addEventListener("click", () => {
  const list = document.querySelector("[data-hold]");
  window.scrollTo({ top: 0 });
  window.htmx.ajax("GET", list.getAttribute("data-hx-get"), { source: newer, target: list, swap: "outerHTML" });
  tail.focus();
});

// The filter's fold lies over the list: it closes when the person goes on elsewhere, or by Escape.
const fold = document.querySelector(".qmore");
document.addEventListener("click", ({ target }) => {
  if (!fold.contains(target)) fold.open = false;
});
fold.addEventListener("keydown", ({ key }) => {
  if (key !== "Escape") return;
  fold.open = false;
  fold.querySelector("summary").focus();
});

// Plays a playlist through: when one ends the next begins; what does not play is skipped, and it is said why.
const PASSED = ["refused", "missing", "token", "media"]; // of the player's troubles: the next one may well play
const region = () => document.querySelector("[data-play]");
const rows = () => [...region().querySelectorAll("[data-order] > li")];
const here = () => rows().findIndex((row) => row.querySelector("[aria-current]"));

const fill = (word, values) => region().dataset[word].replace(/%([a-z]+)/g, (all, name) => values[name] ?? all);
const say = (...parts) => { region().querySelector("[data-said]").textContent = parts.join(" "); };

function load(row, ...before) {
  const button = row.querySelector("[data-item]");
  const root = region().querySelector("[data-player]");
  region().querySelectorAll("[aria-current]").forEach((one) => one.removeAttribute("aria-current"));
  button.setAttribute("aria-current", "true");
  row.querySelector("[data-trouble]").textContent = "";
  row.scrollIntoView({ block: "nearest" });
  const { src, poster, tokenUrl } = button.dataset;
  Object.assign(root.dataset, { src, poster, title: row.dataset.title });
  if (tokenUrl) root.dataset.tokenUrl = tokenUrl; else delete root.dataset.tokenUrl;
  root.classList.toggle("sound", "sound" in button.dataset);
  say(...before, fill("now", { n: rows().indexOf(row) + 1, m: rows().length, title: row.dataset.title }));
  root.dispatchEvent(new CustomEvent("player:change"));
}

// The next that may play in this direction; what lies between is told.
function go(by, ...before) {
  const all = rows();
  for (let at = here() + by; at >= 0 && at < all.length; at += by) {
    if (all[at].querySelector("[data-item]")) { load(all[at], ...before); return; }
    before.push(fill("skipped", { title: all[at].dataset.title, why: all[at].dataset.why }));
  }
  say(...before, ...(by > 0 ? [region().dataset.ended] : []));
}

document.addEventListener("click", ({ target }) => {
  const item = target.closest?.("[data-play] [data-item]");
  const button = target.closest?.("[data-play] [data-step]");
  if (item) load(item.closest("li"));
  if (button) go(Number(button.dataset.step));
});
document.addEventListener("keydown", (event) => {
  const by = { N: 1, P: -1 }[event.key];
  if (!by || !event.shiftKey || event.ctrlKey || event.altKey || event.metaKey || !event.target.closest?.("[data-play]")) return;
  event.preventDefault();
  go(by);
});
// media events do not bubble
document.addEventListener("ended", ({ target }) => { if (target.closest?.("[data-play]")) go(1); }, true);
document.addEventListener("player:failed", ({ detail: { kind, text } }) => {
  const row = region() && rows()[here()];
  if (!row) return;
  row.querySelector("[data-trouble]").textContent = text;
  if (PASSED.includes(kind)) go(1, fill("skipped", { title: row.dataset.title, why: text }));
});

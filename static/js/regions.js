// A live region that is fetched is replaced by what comes, and its successor listens only once it has settled; what the
// old one still wanted htmx forgets. So a word that live.js said meanwhile may be in no answer: then it is fetched again.
const body = document.body;
const SETTLED = 60; // ms after an answer, by when htmx has made the new region listen (it takes 20)
const underWay = new Map(); // xhr → the region it is for, the words heard since it was sent, whether its answer is shown
const acts = new Map(); // xhr of an act → the live regions there were when it was sent, the words heard since

const isLive = (region) => region?.id && (region.getAttribute("data-hx-trigger") || "").includes("live:");
const hears = (region, word) =>
  region.getAttribute("data-hx-trigger").split(",").some((one) => one.trim() === `live:${word} from:body`);

const liveRegions = () => [...document.querySelectorAll('[data-hx-trigger*="live:"]')].filter(isLive);

body.addEventListener("fp:heard", ({ detail: word }) => {
  for (const { words } of [...underWay.values(), ...acts.values()]) words.add(word);
});

body.addEventListener("htmx:beforeSend", ({ detail: { target, xhr, requestConfig } }) => {
  if (isLive(target)) underWay.set(xhr, { region: target, words: new Set(), swapped: false });
  else if (requestConfig.verb !== "get") acts.set(xhr, { before: new Set(liveRegions()), words: new Set() });
});

body.addEventListener("htmx:beforeOnLoad", ({ detail }) => {
  const sent = underWay.get(detail.xhr);
  if (!sent) return; // also where the asking region itself was replaced: its answer is not heard here, nor shown
  sent.swapped = true;
  // a filter's answer belongs into the list's successor, should the list have been fetched again meanwhile
  if (!sent.region.isConnected) detail.target = document.getElementById(sent.region.id) || detail.target;
});

body.addEventListener("htmx:afterRequest", ({ detail: { xhr } }) => {
  if (acts.has(xhr)) setTimeout(catchUpBeside, SETTLED, xhr);
  // a region that is still there also still listens, and htmx fetches for it once more by itself
  if (underWay.get(xhr)?.region.isConnected) underWay.delete(xhr);
  else if (underWay.has(xhr)) setTimeout(catchUp, SETTLED, xhr);
});

function catchUp(xhr) {
  const { region, words, swapped } = underWay.get(xhr);
  underWay.delete(xhr);
  const next = document.getElementById(region.id);
  if (!isLive(next) || (swapped && ![...words].some((word) => hears(next, word)))) return;
  fetchAgain(next);
}

// The same for live regions that an act's answer brought beside what it was for: a dialog's, for one.
function catchUpBeside(xhr) {
  const { before, words } = acts.get(xhr);
  acts.delete(xhr);
  const fresh = liveRegions().filter((region) => !before.has(region));
  fresh.filter((region) => [...words].some((word) => hears(region, word))).forEach(fetchAgain);
}

function fetchAgain(region) {
  const swap = region.getAttribute("data-hx-swap") || "innerHTML";
  const event = new CustomEvent("live:again"); // nobody asked for it (app.js)
  window.htmx.ajax("GET", region.getAttribute("data-hx-get"), { source: region, target: region, swap, event });
}

// What must not move when fresh fragments arrive: rows under the pointer or the focus, and a player that plays.

const parse = (html) => new DOMParser().parseFromString(html, "text/html");

const reading = (list) => {
  const marked = document.getSelection();
  return list.getBoundingClientRect().top < 0 || (!marked.isCollapsed && list.contains(marked.anchorNode));
};
const busy = (list) => "paused" in document.body.dataset || list.matches(":hover") || list.contains(document.activeElement) || reading(list);

// How many rows wait is said on a button that shows them, where the page has one.
function tellNewer(list, fresh) {
  const button = document.querySelector("[data-newer]");
  if (!button) return;
  const count = [...fresh.querySelectorAll("tbody > tr[id]")].filter((row) => !document.getElementById(row.id)).length;
  button.hidden = !count;
  button.textContent = count === 1 ? button.dataset.one : button.dataset.many.replace("%n", count);
}

// Rows that are already there change in place; rows that are new wait until the person has left the list.
function changeInPlace(list, fresh) {
  for (const row of list.querySelectorAll("tbody > tr[id]")) {
    const newer = fresh.getElementById(row.id);
    if (newer && newer.innerHTML !== row.innerHTML && !row.contains(document.activeElement)) {
      const copy = document.importNode(newer, true);
      row.replaceWith(copy);
      window.htmx.process(copy);
    }
  }
}

function refreshOnceLeft(list) {
  if (list.dataset.waiting) return;
  list.dataset.waiting = "true";
  const leave = () => {
    if (list.isConnected && busy(list)) return;
    list.removeEventListener("pointerleave", leave);
    list.removeEventListener("focusout", later);
    removeEventListener("scroll", later);
    document.removeEventListener("selectionchange", later);
    if (list.isConnected) window.htmx.ajax("GET", list.getAttribute("data-hx-get"), { source: list, target: list, swap: "outerHTML" });
  };
  const later = () => setTimeout(leave);
  list.addEventListener("pointerleave", leave);
  list.addEventListener("focusout", later);
  addEventListener("scroll", later, { passive: true });
  document.addEventListener("selectionchange", later);
}

// An answer to a list that was replaced meanwhile would still put what comes beside the rows into the page: its tabs and
// filters are those of before. Nobody but the replaced list itself hears of it.
function onlyWhileThere({ currentTarget, detail }) {
  if (detail.requestConfig.elt === currentTarget && !currentTarget.isConnected) detail.shouldSwap = false;
}
document.body.addEventListener("htmx:beforeSend", ({ detail: { elt } }) => {
  if (elt.matches("[data-hold]")) elt.addEventListener("htmx:beforeSwap", onlyWhileThere);
});

document.body.addEventListener("htmx:beforeSwap", (event) => {
  const { target, requestConfig, serverResponse, xhr } = event.detail;
  if (xhr.status !== 200 || !target || !target.isConnected) return;
  const only = target.dataset.rows && new URL(xhr.responseURL).searchParams.get("only");
  if (only) {
    event.detail.shouldSwap = false;
    changeOnly(target, only.split(","), parse(serverResponse));
    return;
  }
  if (target.matches("[data-hold]") && requestConfig.elt === target && busy(target) && target.querySelector("tbody > tr[id]")) {
    event.detail.shouldSwap = false;
    const fresh = parse(serverResponse);
    changeInPlace(target, fresh);
    tellNewer(target, fresh);
    refreshOnceLeft(target);
  } else if (target.matches("[data-hold]")) {
    document.querySelector("[data-newer]")?.toggleAttribute("hidden", true);
  }
  if (target.matches("[data-keep]")) {
    const fresh = parse(serverResponse).getElementById(target.id);
    if (fresh && fresh.dataset.keep === target.dataset.keep) event.detail.shouldSwap = false;
  }
});

// A list with data-rows="media" hears of its rows one by one. Where it shows all that changed, it fetches these alone.
const changed = new Set(); // the words heard since it was last fetched

document.body.addEventListener("fp:heard", ({ detail: word }) => changed.add(word));

document.body.addEventListener("htmx:configRequest", ({ detail: { elt, parameters, triggeringEvent } }) => {
  const noun = elt.dataset.rows;
  if (!noun) return;
  const ids = [...changed].filter((word) => word.startsWith(`${noun}:`)).map((word) => word.slice(noun.length + 1));
  const shown = ids.length > 0 && ids.every((id) => document.getElementById(`${noun}-${id}`));
  if (shown && !changed.has("refresh") && triggeringEvent?.type === `live:${noun}`) parameters.only = ids.join(",");
  changed.clear();
});

document.body.addEventListener("htmx:afterRequest", ({ detail: { elt, successful } }) => {
  if (elt.dataset.rows && !successful) changed.add("refresh"); // its rows are still those of before
});

function changeOnly(list, ids, fresh) {
  if (ids.every((id) => fresh.getElementById(`${list.dataset.rows}-${id}`))) {
    changeInPlace(list, fresh);
    if (list.contains(document.activeElement)) refreshOnceLeft(list); // the row that is in use stays as it is
  } else {
    // one left the list: deleted, or no longer what is looked for
    const event = new CustomEvent("live:again"); // nobody asked for it (app.js)
    window.htmx.ajax("GET", list.getAttribute("data-hx-get"), { source: list, target: list, swap: "outerHTML", event });
  }
}

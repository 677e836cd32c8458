// What must not move when fresh fragments arrive: rows under the pointer or the focus, and a player that plays.

const parse = (html) => new DOMParser().parseFromString(html, "text/html");

const busy = (list) => list.matches(":hover") || list.contains(document.activeElement);

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
    if (!list.isConnected || busy(list)) return;
    list.removeEventListener("pointerleave", leave);
    list.removeEventListener("focusout", later);
    window.htmx.ajax("GET", list.getAttribute("data-hx-get"), { source: list, target: list, swap: "outerHTML" });
  };
  const later = () => setTimeout(leave);
  list.addEventListener("pointerleave", leave);
  list.addEventListener("focusout", later);
}

document.body.addEventListener("htmx:beforeSwap", (event) => {
  const { target, requestConfig, serverResponse, xhr } = event.detail;
  if (xhr.status !== 200 || !target || !target.isConnected) return;
  if (target.matches("[data-hold]") && requestConfig.elt === target && busy(target) && target.querySelector("tbody > tr[id]")) {
    event.detail.shouldSwap = false;
    changeInPlace(target, parse(serverResponse));
    refreshOnceLeft(target);
  }
  if (target.matches("[data-keep]")) {
    const fresh = parse(serverResponse).getElementById(target.id);
    if (fresh && fresh.dataset.keep === target.dataset.keep) event.detail.shouldSwap = false;
  }
});

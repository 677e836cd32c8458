// The editor of pairs in a dialog, <form data-pairs="10">: rows are added and taken out, and what differs from before is
// shown beneath its field. A pair that is taken out stays as a struck line until the form is sent, so it can be put back.
const dialog = document.getElementById("dialog");
const form = () => dialog.querySelector("form[data-pairs]");
const rows = () => [...form().querySelectorAll("[data-pair]")];
const [KEY, VALUE] = ["input[name=key]", "input[name=value]"];

function show(place, before, after) {
  const note = place.querySelector("[data-diff]");
  const parts = [];
  for (const [name, text] of [["del", before], ["ins", after]]) {
    if (!text) continue;
    const part = document.createElement(name);
    part.textContent = text;
    parts.push(part, " ");
  }
  note.replaceChildren(...(before === after ? [] : parts));
  note.hidden = !note.childElementCount;
  return !note.hidden;
}

function mark(row) {
  const { wasKey, wasValue } = row.dataset;
  const [key, value] = [row.querySelector(KEY).value, row.querySelector(VALUE).value];
  const out = "removed" in row.dataset;
  for (const input of row.querySelectorAll("input")) input.disabled = out;
  row.querySelector(KEY).hidden = row.querySelector(VALUE).hidden = row.querySelector("[data-pair-out]").hidden = out;
  row.querySelector("[data-pair-back]").hidden = !out;
  const before = wasKey === undefined ? "" : `${wasKey}: ${wasValue}`;
  return show(row, before, out || !(key || value) ? "" : `${key}: ${value}`);
}

function look() {
  if (!form()) return;
  const fields = [...form().querySelectorAll("[data-field]")].map((place) => {
    const input = place.querySelector("input");
    return show(place, input.dataset.was ?? input.defaultValue, input.value);
  });
  const different = [...fields, ...rows().map(mark)].some(Boolean);
  form().toggleAttribute("data-unsaved", different);
  const most = Number(form().dataset.pairs);
  const count = rows().filter((row) => !("removed" in row.dataset)).length;
  const told = form().querySelector("[data-pairs-count]");
  told.textContent = told.dataset.words.replace("%n", count);
  const [add, hint] = [form().querySelector("[data-pair-add]"), form().querySelector("#pairs-hint")];
  hint.dataset.usual ??= hint.textContent;
  hint.textContent = count < most ? hint.dataset.usual : hint.dataset.full;
  add.setAttribute("aria-disabled", String(count >= most));
  add.title = count < most ? "" : hint.dataset.full;
}

const acts = {
  "[data-pair-add]": () => {
    const fresh = form().querySelector("template").content.cloneNode(true);
    form().querySelector("[data-pair-rows]").append(fresh);
    look();
    rows().at(-1).querySelector(KEY).focus();
  },
  "[data-pair-out]": (row) => {
    if ("wasKey" in row.dataset) {
      row.dataset.removed = "";
      look();
      row.querySelector("[data-pair-back]").focus();
      return;
    }
    const before = row.previousElementSibling;
    row.remove();
    look();
    (before?.querySelector("button:not([hidden])") ?? form().querySelector("[data-pair-add]")).focus();
  },
  "[data-pair-back]": (row) => {
    delete row.dataset.removed;
    look();
    row.querySelector(VALUE).focus();
  },
};

dialog.addEventListener("click", ({ target }) => {
  for (const [button, act] of Object.entries(acts)) if (target.closest(button)) act(target.closest("[data-pair]"));
});
dialog.addEventListener("input", look);
document.addEventListener("fp:filled", look);

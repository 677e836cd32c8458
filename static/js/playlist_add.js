// The dialog that adds media: what is ticked moves up into "chosen" and stays there while one searches on.
const within = (box) => box.closest("[data-choosing]");

function count(dialog) {
  const rows = dialog.querySelectorAll("[data-chosen] > li").length;
  const words = dialog.querySelector("[data-chosen-count]");
  words.textContent = words.dataset.some.replace("%n", rows);
  dialog.querySelector("[data-chosen-box]").hidden = !rows;
}

document.addEventListener("change", ({ target }) => {
  const dialog = target.matches("[name=media_id]") && within(target);
  if (!dialog) return;
  const found = dialog.querySelector("#candidates > .picks");
  if (target.checked) dialog.querySelector("[data-chosen]").append(target.closest("li"));
  else if (found) found.prepend(target.closest("li"));
  else target.closest("li").remove();
  count(dialog);
  if (target.isConnected) target.focus(); else dialog.querySelector("input[type=search]").focus();
});

// What is in the playlist or chosen already cannot be chosen again.
document.addEventListener("fp:filled", () => {
  for (const found of document.querySelectorAll("[data-choosing] #candidates > .picks")) {
    for (const row of found.children) {
      if (within(found).querySelector(`[data-chosen] [data-id="${CSS.escape(row.dataset.id)}"]`)) { row.hidden = true; continue; }
      if (!document.getElementById(`item-${row.dataset.id}`)) continue;
      row.querySelector("input").disabled = true;
      row.querySelector("[data-why]").textContent = found.dataset.inside;
    }
  }
});

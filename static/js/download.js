// Links to a file on FastPix's host: <a data-save="name.mp4" data-lost="words" target="_blank">. A browser would play such
// a file instead of saving it, so what is not too large is fetched and saved under its own name; the rest opens in a tab.
const MOST = 500_000_000; // bytes that are kept in the browser until the file is saved

async function save(link) {
  const stop = new AbortController();
  const answer = await fetch(link.href, { signal: stop.signal }).catch(() => null);
  if (answer && !answer.ok) {
    document.body.dispatchEvent(new CustomEvent("toast", { detail: { tone: "bad", text: link.dataset.lost } }));
    return;
  }
  if (!answer || Number(answer.headers.get("Content-Length")) > MOST) {
    stop.abort();
    window.open(link.href, "_blank", "noopener");
    return;
  }
  const url = URL.createObjectURL(await answer.blob());
  Object.assign(document.createElement("a"), { href: url, download: link.dataset.save }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

document.addEventListener("click", async (event) => {
  const link = event.target instanceof Element ? event.target.closest("a[data-save]") : null;
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (link.getAttribute("aria-busy")) return;
  link.setAttribute("aria-busy", "true");
  await save(link).finally(() => link.removeAttribute("aria-busy"));
});

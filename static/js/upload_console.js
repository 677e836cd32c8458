// What the upload script says to the console, and which tab it is.
export class Refusal extends Error { // the console said no; reason is a word, message a sentence
  constructor(message, reason) { super(message); this.reason = reason; }
}
export class Away extends Error {} // no answer, or none of its own

export const token = () => JSON.parse(document.body.dataset.hxHeaders)["X-CSRFToken"];

export async function post(url, fields = {}, keepalive = false) {
  const headers = { "X-CSRFToken": token(), Accept: "application/json" };
  const options = { method: "POST", headers, body: new URLSearchParams(fields), redirect: "manual", keepalive };
  const response = await fetch(url, options).catch(() => { throw new Away(); });
  if (response.type === "opaqueredirect") throw new Refusal("", "signed-out");
  const said = await response.json().catch(() => null);
  if (response.ok && said) return said;
  if (said?.error) throw new Refusal(said.error, said.reason);
  if (response.status === 403 || response.status === 404) throw new Refusal("", "not-allowed");
  throw new Away();
}

const pause = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

// For what must arrive: again and again while the console is away, as long as `wanted()`.
export async function insist(attempt, wanted = () => true) {
  for (let tries = 0; ; tries += 1) {
    try { return await attempt(); } catch (error) {
      if (!(error instanceof Away) || !wanted()) throw error;
      await pause(Math.min(15_000, 500 * 2 ** tries) * (0.5 + Math.random() / 2));
    }
  }
}

const random = () => [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");

// A tab keeps its name over a reload; a duplicated tab starts with a copy of it and must take another.
export const tab = (async () => {
  const kept = sessionStorage.getItem("fp-tab") || random();
  const free = !navigator.locks || await new Promise((resolve) => {
    navigator.locks.request(`fp-tab-${kept}`, { ifAvailable: true }, (lock) => {
      resolve(Boolean(lock));
      return lock ? new Promise(() => {}) : undefined; // held as long as the tab lives
    });
  });
  const name = free ? kept : random();
  sessionStorage.setItem("fp-tab", name);
  return name;
})();

// Runs `work` while this browser's other tabs keep off; false when one of them is at it.
export async function alone(id, work) {
  if (!navigator.locks) { await work(); return true; }
  return navigator.locks.request(`fp-upload-${id}`, { ifAvailable: true }, async (lock) => {
    if (lock) await work();
    return Boolean(lock);
  });
}

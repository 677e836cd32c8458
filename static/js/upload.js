// The upload queue of this tab: three files at a time, each shown in a row of its own until the console's row takes over.
import { Away, Refusal, alone, insist, post, tab } from "./upload_console.js";
import { chosen, dropped, fingerprint } from "./upload_files.js";
import { Hander } from "./upload_handing.js";
import { GivenUp, Sender, Stopped } from "./upload_protocol.js";
import { Row, announce, word } from "./upload_rows.js";

const place = document.querySelector("[data-uploads]");
const AT_ONCE = 3;
const REPORT_MS = 2000;
const LASTING = ["restarted", "lost-here"]; // bad news stays for a while, also when all goes well again
const TOLD_MS = 10_000;
const items = [];
const mine = new Map(); // id -> item

const address = (item, act) => place.dataset.actUrl.replace("00000000-0000-0000-0000-000000000000", item.id).replace("/act/", `/${act}/`);
const queue = () => document.getElementById("upload-queue");
const running = () => items.filter((item) => item.state === "sending");

function show(item, state, note = "") {
  const before = item.state;
  item.state = state;
  item.row.show(state, note);
  if (before !== state && !["preparing", "waiting"].includes(state)) announce(`${item.file.name}: ${item.row.text()}`);
  summary();
}

function summary() {
  const text = place.querySelector("[data-upload-summary]");
  if (text) text.textContent = spoken();
  place.toggleAttribute("data-busy", items.length > 0);
  if (place.matches(".tray")) place.hidden = items.length === 0;
  const clear = place.querySelector("[data-clear-finished]");
  if (clear) clear.hidden = !items.some(finished);
  const all = place.querySelector("[data-pause-all]");
  if (all) all.hidden = !items.some((item) => ["sending", "waiting"].includes(item.state));
  const send = place.querySelector("[data-send-all]");
  if (send) send.hidden = items.filter((item) => item.state === "titling").length < 2;
}

const TOLD = { titling: "titling", sending: "running", preparing: "waiting", waiting: "waiting", paused: "paused", stopped: "stopped", refused: "refused", failed: "failed" };
function spoken() {
  const counts = new Map();
  for (const item of items) if (TOLD[item.state]) counts.set(TOLD[item.state], (counts.get(TOLD[item.state]) ?? 0) + 1);
  const parts = [...new Set(Object.values(TOLD))].filter((name) => counts.has(name)).map((name) => word(`summary-${name}`, { n: counts.get(name) }));
  if (parts.length || !items.length) return parts.join(", ");
  return word(items.some((item) => item.state === "sent") ? "summary-sent" : "summary-done");
}

// Rows the console shows for files that this tab is at would say the same twice.
function tidy() {
  const tbody = queue();
  if (!tbody) return;
  for (const tr of tbody.querySelectorAll("[data-upload]")) {
    const item = mine.get(tr.dataset.upload);
    if (item && ["sent", "handed", "cancelled"].includes(item.state)) drop(item);
    tr.hidden = mine.has(tr.dataset.upload);
  }
  const empty = tbody.querySelector("[data-empty]");
  if (empty) empty.hidden = items.length > 0;
}

function drop(item) {
  item.row.remove();
  items.splice(items.indexOf(item), 1);
  if (item.id) mine.delete(item.id);
  summary();
}

const SETTLED = ["ready", "failed"];
const finished = (item) => [...SETTLED, "sent", "handed", "cancelled", "refused"].includes(item.state);

// Where no queue of the console's takes the rows over, they go on telling what became of their files.
let following = false;
async function follow() {
  if (following || !place.dataset.queueUrl || !items.some((item) => item.state === "sent")) return;
  following = true;
  const answer = await fetch(place.dataset.queueUrl, { headers: { "HX-Request": "true" }, redirect: "manual" }).catch(() => null);
  const page = answer?.ok ? new DOMParser().parseFromString(`<table>${await answer.text()}</table>`, "text/html") : null;
  for (const item of items.filter((one) => one.state === "sent")) became(item, page?.querySelector(`[data-upload="${item.id}"]`));
  following = false;
}

function became(item, row) {
  const link = row?.querySelector("td:last-child > a");
  if (!link) return;
  item.row.leadTo(link.getAttribute("href"));
  if (SETTLED.includes(row.dataset.state)) show(item, row.dataset.state, row.querySelector(".reason")?.textContent.trim());
}

const refresh = () => queue()?.dispatchEvent(new CustomEvent("fp:refresh"));

function add(files, more = {}) {
  const settings = { ...Object.fromEntries(new FormData(document.querySelector("[data-upload-settings]"))), ...more };
  for (const file of files) {
    const item = { file, settings, id: "", state: "", sender: null };
    item.row = new Row(place, file, (act) => acts[act](item));
    items.push(item);
    if (settings.ask_titles) item.row.title(file.name.replace(/(.)\.[^.]{1,8}$/, "$1"));
    show(item, settings.ask_titles ? "titling" : "preparing");
  }
  tidy();
  prepare();
}

let preparing = false;
async function prepare() { // one after the other, so that rows keep the order in which files were chosen
  if (preparing) return;
  preparing = true;
  for (let item; (item = items.find((one) => one.state === "preparing"));) await register(item);
  preparing = false;
}

async function register(item) {
  const { name, size, type } = item.file;
  try {
    const fields = { ...item.settings, title: item.row.title(), filename: name, size, content_type: type.slice(0, 120), fingerprint: await fingerprint(item.file) };
    const said = await insist(() => post(place.dataset.createUrl, fields), () => items.includes(item));
    if (mine.has(said.id)) { drop(item); return; } // chosen twice
    item.id = said.id;
    item.handing = item.row.handing = said.road === "console";
    mine.set(item.id, item);
    item.row.progress(said.offset);
    show(item, "waiting");
    if (item.settings.reuse) document.getElementById("unused")?.dispatchEvent(new CustomEvent("fp:refresh"));
  } catch (error) { refuse(item, error instanceof Refusal || error instanceof Away ? error : new Refusal(word("file"), "file")); }
  tidy();
  pump();
}

function refuse(item, error) {
  if (error.reason === "settings") document.getElementById("upload-settings")?.dispatchEvent(new CustomEvent("fp:check"));
  const told = error.message || word(error.reason === "signed-out" ? "signed-out" : "not-allowed");
  show(item, item.id ? "stopped" : "refused", told);
}

function pump() {
  for (const item of items) {
    if (running().length >= AT_ONCE) return;
    if (item.state === "waiting") begin(item);
  }
}

async function begin(item) {
  show(item, "sending");
  try {
    if (!(await alone(item.id, () => send(item)))) show(item, "stopped", word("busy"));
  } catch (error) { ended(item, error); }
  item.sender = null;
  pump();
}

async function send(item) {
  const name = await tab;
  const tell = (fields, keepalive) => post(address(item, "progress"), { tab: name, ...fields }, keepalive);
  let reported = 0;
  let opened = false; // from then on a pause made elsewhere counts more than this tab's wish for its session
  let told = 0;
  item.tell = tell;
  const hooks = {
    piece: (offset) => `${address(item, "piece")}?${new URLSearchParams({ tab: name, offset })}`,
    async session(renew) {
      const given = await session(item, { tab: name, renew: renew ? "1" : "", again: opened ? "1" : "" });
      opened = true;
      return given;
    },
    started: (url) => insist(() => tell({ offset: 0, session_url: url }), () => item.state === "sending"),
    progress: (bytes) => item.row.progress(bytes),
    confirmed(offset) {
      if (Date.now() - told > TOLD_MS) item.row.note("");
      if (item.handing || Date.now() - reported < REPORT_MS) return;
      reported = Date.now();
      tell({ offset }).then(({ state }) => heard(item, state)).catch(() => {});
    },
    notice(what) {
      told = LASTING.includes(what) ? Date.now() : 0;
      item.row.note(word(item.handing && what === "waiting" ? "waiting-here" : what));
      if (what !== "waiting") announce(`${item.file.name}: ${word(what)}`);
    },
    unknown: async () => (await tell({ said: "unknown" }).catch(() => ({}))).state === "sent",
  };
  item.sender = item.handing ? new Hander(item.file, hooks) : new Sender(item.file, hooks);
  await item.sender.run();
  if (!item.handing) await insist(() => tell({ said: "sent" }));
  show(item, item.handing ? "handed" : "sent");
  refresh();
  follow();
}

// FastPix may be away for a moment, and the tab that had this upload may just be closing.
async function session(item, fields) {
  for (let tries = 0; ; tries += 1) {
    try {
      return await insist(() => post(address(item, "session"), fields), () => item.state === "sending");
    } catch (error) {
      if (["sent", "handed", "cancelled", "paused"].includes(error.reason)) throw new Stopped(error.reason);
      if (!["busy", "fastpix"].includes(error.reason) || tries >= 9 || item.state !== "sending") throw error;
      item.row.note(error.message);
      await item.sender.either((go) => setTimeout(go, 5000));
    }
  }
}

// The row was paused or cancelled on another page.
function heard(item, state) {
  if (["paused", "cancelled", "sent"].includes(state) && item.state === "sending") item.sender?.stop(state);
}

function ended(item, error) {
  if (error instanceof Stopped) { show(item, error.message); refresh(); return; }
  if (!(error instanceof GivenUp)) { refuse(item, error); return; }
  show(item, "stopped", word(error.message));
  item.tell({ said: `stopped:${error.message}`, offset: item.sender.offset }).then(refresh).catch(() => {});
}

const act = (item, name) => insist(() => post(address(item, name)), () => items.includes(item)).catch(() => {});
const acts = {
  send(item) { show(item, "preparing"); prepare(); },
  pause(item) {
    if (item.sender) item.sender.stop("paused"); else show(item, "paused");
    act(item, "pause");
  },
  async resume(item) { await act(item, "resume"); show(item, "waiting"); pump(); },
  retry(item) { show(item, "waiting"); act(item, "retry").then(pump); },
  async cancel(item) {
    if (!item.id) { drop(item); return; }
    item.sender?.stop("cancelled");
    show(item, "cancelled");
    await act(item, "cancel");
    if (queue()) refresh(); else drop(item);
  },
  dismiss: drop,
};

function listen() {
  // by script: the attribute is in every browser, but in no standard that a validator knows
  for (const input of document.querySelectorAll("[data-upload-folder]")) input.webkitdirectory = true;
  for (const input of document.querySelectorAll("[data-upload-input]")) {
    // data-reuse: the unused upload URL this one file is sent to
    input.addEventListener("change", () => { add(chosen(input), input.dataset.reuse ? { reuse: input.dataset.reuse } : {}); input.value = ""; });
  }
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element && event.target.closest("[data-choose]");
    const input = button && document.getElementById(button.dataset.choose);
    if (!input) return;
    if (button.dataset.reuse) input.dataset.reuse = button.dataset.reuse;
    input.click();
  });
  place.querySelector("[data-pause-all]")?.addEventListener("click", () => {
    for (const item of items) if (["sending", "waiting"].includes(item.state)) acts.pause(item);
  });
  place.querySelector("[data-send-all]")?.addEventListener("click", () => {
    for (const item of items) if (item.state === "titling") acts.send(item);
  });
  place.querySelector("[data-clear-finished]")?.addEventListener("click", () => items.filter(finished).forEach(drop));
  for (const topic of ["live:uploads", "live:media", "live:refresh"]) document.body.addEventListener(topic, follow);
  const zone = document.querySelector("[data-drop]") || document.body;
  const files = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  document.addEventListener("dragover", (event) => { if (files(event)) { event.preventDefault(); zone.classList.add("over"); } });
  document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) zone.classList.remove("over"); });
  document.addEventListener("drop", async (event) => {
    if (!files(event)) return;
    event.preventDefault();
    zone.classList.remove("over");
    add(await dropped(event.dataTransfer));
  });
  document.body.addEventListener("fp:filled", tidy);
  document.body.addEventListener("htmx:afterSwap", tidy);
  addEventListener("beforeunload", (event) => { if (running().length) event.preventDefault(); });
  addEventListener("pagehide", () => running().forEach((item) => item.tell?.({ said: "left" }, true).catch(() => {})));
}

if (place) {
  listen();
  summary();
  setTimeout(refresh, 1500); // a reload comes back before the console has heard that the old page left its files
}

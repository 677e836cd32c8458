// Push: one stream for all tabs of the browser. The tab that holds the lock listens and tells the others; every tab
// turns the topics of its own workspace into events on the body: live:media, live:media:<id>, and live:refresh, which
// asks every region to fetch itself again, because something may have been missed.
const body = document.body;
const slug = body.dataset.workspace;
const tabs = new BroadcastChannel("fp-push");

const POLL = 10_000; // between refreshes while nothing is pushed
const PATIENCE = 8_000; // of silence from the server until pages poll
const DEAD = 40_000; // without a heartbeat (the edge sends one each 15 s): the connection only looks open
const RETRY = 3_000; // after an answer that was not a stream; the browser itself retries only lost connections

// What a hidden tab has heard; it catches up when it is seen.
const missed = new Set();
const say = (name, detail) => body.dispatchEvent(new CustomEvent(name, { detail }));

function fire(words) {
  words.forEach((word) => say("fp:heard", word)); // for regions.js and rows.js, before any region fetches itself
  words.forEach((word) => say(`live:${word}`));
}

function hear(...words) {
  if (document.hidden) words.forEach((word) => missed.add(word));
  else fire(words);
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  const words = missed.has("refresh") ? ["refresh"] : [...missed];
  missed.clear();
  fire(words);
});
addEventListener("pageshow", ({ persisted }) => persisted && hear("refresh"));

let polling;

function become(state) {
  const before = body.dataset.connection;
  if (state === before) return;
  body.dataset.connection = state;
  clearInterval(polling);
  if (state === "polling") polling = setInterval(hear, POLL, "refresh");
  if (state === "live") hear("refresh");
}

// What the listening tab says: {state} where the connection stands, {words} what changed, {fresh} look at everything.
function take({ state, words = [], fresh = false }) {
  const known = body.dataset.connection === state;
  if (state) become(state);
  if (fresh && (known || !state)) hear("refresh");
  hear(...words.filter((word) => word.startsWith(`${slug}/`)).map((word) => word.slice(slug.length + 1)));
}

// Listens until `close()`; `say` hears everything.
function listen(say) {
  let source, retry, giveUp, heardAt;
  let state = "reconnecting";

  const stand = (now, fresh = false) => {
    state = now;
    say({ state, fresh });
  };
  const waitPatiently = () => {
    giveUp ??= setTimeout(() => stand("polling"), PATIENCE);
    if (state !== "polling") stand("reconnecting");
  };
  const back = (fresh) => {
    clearTimeout(giveUp);
    giveUp = undefined;
    stand("live", fresh);
  };

  function connect() {
    clearTimeout(retry);
    source?.close();
    heardAt = Date.now();
    source = new EventSource("/push/");
    const on = (name, hearing) => source.addEventListener(name, (event) => {
      heardAt = Date.now();
      hearing?.(event);
    });
    on("open", () => back(true));
    on("message", ({ data }) => say({ words: data.split("\n") }));
    on("refresh", () => back(true));
    on("away", () => stand("polling"));
    on("beat");
    on("error", () => {
      waitPatiently();
      if (source.readyState === EventSource.CLOSED) retry = setTimeout(connect, RETRY);
    });
  }

  const watch = setInterval(() => Date.now() - heardAt > DEAD && connect(), POLL);
  addEventListener("online", connect);
  addEventListener("offline", waitPatiently);
  connect();
  return {
    answer: () => say({ state }),
    close: () => {
      source.close();
      [retry, giveUp].forEach(clearTimeout);
      clearInterval(watch);
      removeEventListener("online", connect);
      removeEventListener("offline", waitPatiently);
    },
  };
}

// The lock is held for as long as this tab lives; then the next one gets it.
function lead() {
  const listening = listen((told) => {
    take(told);
    tabs.postMessage(told);
  });
  tabs.onmessage = ({ data }) => data === "who listens?" && listening.answer();
  return new Promise(() => {});
}

// Web Locks need https or localhost. Without them each tab listens for itself, but only while it is seen: browsers
// open six connections to one host, and streams would take them all.
function listenAlone() {
  let listening = document.hidden ? undefined : listen(take);
  document.addEventListener("visibilitychange", () => {
    listening?.close();
    listening = document.hidden ? undefined : listen(take);
  });
}

if (navigator.locks) {
  tabs.onmessage = ({ data }) => typeof data === "object" && take(data);
  tabs.postMessage("who listens?");
  navigator.locks.request("fp-push", lead);
} else {
  listenAlone();
}

// Plays HLS in <div data-player data-src data-poster data-title [data-token-url]>. Nothing is fetched before the person
// presses Play, because every delivered minute is counted; then the video starts with sound, as asked for. A private
// video first gets its token (POST data-token-url → {"token": "…"}), and once more when FastPix refuses an old one.
// "player:change" on it plays what its data-… name by then; "player:failed" tells what it says on its screen instead.

import { offerLanguages } from "./player_languages.js";

const template = document.getElementById("player-template");
let library;

function hls() {
  library ||= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = template.dataset.hls;
    script.addEventListener("load", () => resolve(window.Hls));
    script.addEventListener("error", () => { library = undefined; script.remove(); reject(new Error("network")); });
    document.head.append(script);
  });
  return library;
}

async function address({ src, tokenUrl }) {
  if (!tokenUrl) return src;
  const headers = { "X-CSRFToken": JSON.parse(document.body.dataset.hxHeaders)["X-CSRFToken"], Accept: "application/json" };
  const answer = await fetch(tokenUrl, { method: "POST", headers, credentials: "same-origin" }).catch(() => null);
  const { token } = answer?.ok ? await answer.json().catch(() => ({})) : {};
  if (!token) throw new Error("token");
  return `${src}${src.includes("?") ? "&" : "?"}token=${encodeURIComponent(token)}`;
}

class Player {
  constructor(root) {
    this.root = root;
    this.data = root.dataset;
    this.renewed = false;
    root.replaceChildren(template.content.cloneNode(true));
    this.poster = root.querySelector(".player-poster");
    this.start = root.querySelector(".player-start");
    this.busy = root.querySelector(".player-busy");
    this.trouble = root.querySelector(".player-trouble");
    if (this.data.poster) this.poster.src = this.data.poster; else this.poster.remove();
    this.start.setAttribute("aria-label", this.start.dataset.label.replace("%s", this.data.title || ""));
    this.start.addEventListener("click", () => this.play());
    root.querySelector("[data-player-retry]").addEventListener("click", () => this.again());
    root.addEventListener("keydown", (event) => this.key(event));
    root.addEventListener("player:change", () => this.change());
  }

  // Another film on the same screen: browsers let a video that once played with sound go on by itself.
  change() {
    this.renewed = false;
    this.video?.setAttribute("aria-label", this.data.title || "");
    if (this.video) this.video.poster = this.data.poster || "";
    return this.play(0, { focus: false });
  }

  async play(at = 0, { focus = true } = {}) {
    const turn = this.turn = (this.turn ?? 0) + 1;
    this.start.hidden = this.trouble.hidden = true;
    this.busy.hidden = false;
    try {
      const [src, Hls] = await Promise.all([address(this.data), hls()]);
      if (!this.root.isConnected || turn !== this.turn) return;
      this.video ||= this.screen();
      if (focus) this.video.focus();
      if (Hls.isSupported()) this.attach(Hls, src, at);
      else if (this.video.canPlayType("application/vnd.apple.mpegurl")) { this.video.src = src; this.video.currentTime = at; }
      else throw new Error("hls");
      await this.video.play().catch(() => {}); // where the browser wants another press, its own button is there
    } catch (error) {
      if (turn === this.turn) this.fail(error.message);
    }
  }

  screen() {
    const video = document.createElement("video");
    video.controls = video.playsInline = true;
    video.setAttribute("aria-label", this.data.title || "");
    if (this.data.poster) video.poster = this.data.poster;
    video.addEventListener("playing", () => { this.busy.hidden = true; this.renewed = false; });
    video.addEventListener("waiting", () => { this.busy.hidden = false; });
    for (const name of ["canplay", "pause", "ended"]) video.addEventListener(name, () => { this.busy.hidden = true; });
    video.addEventListener("error", () => { if (this.engine) this.mend(); else this.fail(video.error?.code === 2 ? "network" : "media"); });
    this.poster.remove();
    this.root.prepend(video);
    return video;
  }

  attach(Hls, src, at) {
    this.engine?.destroy();
    this.recovered = false;
    this.engine = new Hls({ workerPath: template.dataset.worker, startPosition: at || -1, maxBufferLength: 30, backBufferLength: 30 });
    this.engine.on(Hls.Events.ERROR, (_, problem) => { if (problem.fatal) this.judge(Hls, problem); });
    offerLanguages(this.root, Hls, this.engine);
    this.engine.loadSource(src);
    this.engine.attachMedia(this.video);
  }

  judge(Hls, { type, response }) {
    const code = response?.code;
    if (code === 401 || code === 403) {
      if (this.data.tokenUrl && !this.renewed) { this.renewed = true; this.again(); } else this.fail("refused");
    } else if (code === 404) this.fail("missing");
    else if (type === Hls.ErrorTypes.MEDIA_ERROR) this.mend();
    else this.fail(type === Hls.ErrorTypes.NETWORK_ERROR ? "network" : "media");
  }

  // A decoder that failed gets one more chance: hls.js hears of it only while it appends, the video always.
  mend() {
    if (this.recovered) { this.fail("media"); return; }
    this.recovered = true;
    this.engine.recoverMediaError();
    this.video.play().catch(() => {});
  }

  fail(kind) {
    this.engine?.stopLoad();
    this.busy.hidden = this.start.hidden = true;
    this.trouble.dataset.kind = ["refused", "missing", "token", "network", "media", "hls"].includes(kind) ? kind : "media";
    this.trouble.hidden = false;
    const told = this.trouble.dataset.kind;
    const text = this.trouble.querySelector(`h2[data-say="${told}"]`).textContent;
    this.root.dispatchEvent(new CustomEvent("player:failed", { bubbles: true, detail: { kind: told, text } }));
  }

  // A moment somebody asked for; it plays from there, whether it was started already or not.
  seek(at) {
    if (!this.video || !this.trouble.hidden) return this.play(at);
    this.video.currentTime = at;
    this.video.focus({ preventScroll: true });
    return this.video.play().catch(() => {});
  }

  again() { return this.play(this.video?.currentTime || 0); }

  key(event) {
    const video = this.video;
    if (!video || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("button, select")) return;
    const act = {
      k: () => (video.paused ? video.play() : video.pause()),
      m: () => { video.muted = !video.muted; },
      f: () => (document.fullscreenElement ? document.exitFullscreen() : this.root.requestFullscreen?.()),
      j: () => { video.currentTime -= 10; },
      l: () => { video.currentTime += 10; },
    }[event.key];
    if (act) { event.preventDefault(); act(); }
  }

  leave() { this.engine?.destroy(); }
}

const players = new Map();
function find() {
  for (const [root, player] of players) if (!root.isConnected) { player.leave(); players.delete(root); }
  for (const root of document.querySelectorAll("[data-player]")) if (!players.has(root)) players.set(root, new Player(root));
}
find();
document.addEventListener("fp:filled", find);

// data-seek="231.5": plays the page's video from there, in seconds.
document.addEventListener("click", (event) => {
  const to = event.target instanceof Element ? event.target.closest("[data-seek]") : null;
  if (to) players.values().next().value?.seek(Number(to.dataset.seek));
});

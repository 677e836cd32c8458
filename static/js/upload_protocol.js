// One file to one resumable session of storage (Google Cloud Storage's protocol, platform facts in docs/architecture.md).
// Whenever it is unclear what arrived, storage is asked; nothing is assumed. `hooks` tell the outside and fetch sessions.
export const GRAIN = 256 * 1024;
const FIRST = 8 * 1024 ** 2;
const MOST = 64 * 1024 ** 2;
const CHUNK_SECONDS = 8;
const MOST_TRIES = 12; // in a row without a byte of progress: about four minutes
const MOST_REFUSALS = 2;
const MOST_SESSIONS = 4;
const STALL_MS = 60_000;

export class Stopped extends Error {} // by a person: pause, cancel, leave; message says which
export class GivenUp extends Error {} // message: network, storage, file, lost
class Gone extends Error {}
class Refused extends Error {}
export class Trouble extends Error {
  constructor(kind, seconds) { super(kind); this.seconds = seconds; }
}

const grains = (bytes) => Math.max(GRAIN, Math.floor(Math.min(bytes, MOST) / GRAIN) * GRAIN);

// getResponseHeader() of a header that CORS does not expose writes an error to the console; the list does not
const headersOf = (xhr) => new Map(xhr.getAllResponseHeaders().trim().split(/[\r\n]+/).filter(Boolean)
  .map((line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 1).trim()]));

export class Sender {
  constructor(file, hooks) {
    Object.assign(this, { file, hooks, url: "", offset: 0, furthest: 0, chunk: FIRST });
    Object.assign(this, { tries: 0, refusals: 0, sessions: 0, unsure: true, done: false });
    this.halt = new AbortController();
  }

  stop(why) { this.halt.abort(new Stopped(why)); this.xhr?.abort(); }

  async run() {
    const away = () => this.xhr?.abort();
    addEventListener("offline", away);
    try {
      while (!this.done) {
        this.halt.signal.throwIfAborted();
        try { await this.step(); } catch (error) { await this.recover(error); }
      }
    } finally { removeEventListener("offline", away); }
  }

  async step() {
    if (!this.url) await this.open(false);
    if (!this.url.includes("upload_id=")) return this.start();
    return this.unsure ? this.ask() : this.put();
  }

  async open(renew) {
    const session = await this.hooks.session(renew);
    this.sessions += 1;
    this.url = session.url;
    this.unsure = true;
    if (renew) this.offset = this.furthest = 0;
    this.hooks.progress(this.offset || session.offset);
  }

  async start() {
    const type = this.file.type || "application/octet-stream";
    const answer = await this.send("POST", { "x-goog-resumable": "start", "Content-Type": type }, null);
    const { status } = answer;
    if ([400, 403, 404, 410].includes(status)) throw new Gone(); // the signature ran out
    if (status < 200 || status > 299 || !answer.location) throw this.judge(answer);
    await this.hooks.started(answer.location); // kept by the console first, so that a reload goes on with it
    this.url = answer.location;
    this.unsure = false;
    this.accept(0);
  }

  async ask() {
    const answer = await this.send("PUT", { "Content-Range": `bytes */${this.file.size}` }, null);
    if (answer.status >= 200 && answer.status <= 299) return this.finish();
    const held = this.held(answer) ?? 0; // 308 without Range, asked: nothing is kept
    if (held >= this.file.size) throw new Trouble("unfinished");
    this.unsure = false;
    return this.accept(held);
  }

  async put() {
    const { size } = this.file;
    const from = this.offset;
    const end = Math.min(from + this.chunk, size);
    const began = performance.now();
    this.whole = end === size;
    const answer = await this.send("PUT", { "Content-Range": `bytes ${from}-${end - 1}/${size}` },
      this.file.slice(from, end), (loaded) => this.hooks.progress(Math.min(from + loaded, end)));
    if (answer.status >= 200 && answer.status <= 299 && end === size) return this.finish();
    const held = answer.status >= 200 && answer.status <= 299 ? null : this.held(answer);
    if (held === null || held <= from || held > end) throw new Trouble("unsure");
    const speed = (held - from) / Math.max(0.001, (performance.now() - began) / 1000);
    this.chunk = grains(Math.min(this.chunk * 2, speed * CHUNK_SECONDS));
    return this.accept(held);
  }

  // Bytes storage keeps by a 308's Range; null when it does not say.
  held(answer) {
    if (answer.status !== 308) throw this.judge(answer);
    const told = /^bytes=0-(\d{1,15})$/.exec(answer.range ?? "");
    return told ? Number(told[1]) + 1 : null;
  }

  judge({ status, seconds }) {
    if (status === 404 || status === 410) return new Gone();
    if (status === 408 || status === 429 || status >= 500) return new Trouble("busy", seconds);
    return new Refused(String(status));
  }

  accept(offset) {
    this.offset = offset;
    if (offset > this.furthest) { this.furthest = offset; this.tries = this.refusals = 0; }
    this.hooks.confirmed(offset);
  }

  finish() { this.offset = this.file.size; this.done = true; this.hooks.progress(this.offset); }

  async recover(error) {
    this.halt.signal.throwIfAborted();
    if (error instanceof Gone) return this.again();
    if (error instanceof Refused) {
      this.refusals += 1;
      if (this.refusals > MOST_REFUSALS) throw new GivenUp("storage");
    } else if (!(error instanceof Trouble)) throw error;
    this.tries += 1;
    this.unsure = true;
    this.chunk = grains(this.chunk / 2);
    this.hooks.progress(this.offset);
    if (!(await this.readable())) throw new GivenUp("file");
    // storage may have all and answer in a way a browser must not read: the console can ask
    if (this.whole && this.tries >= 3 && navigator.onLine && await this.hooks.unknown()) return this.finish();
    if (this.tries > MOST_TRIES) throw new GivenUp("network");
    return this.wait(error.seconds);
  }

  async again() {
    if (this.sessions >= MOST_SESSIONS) throw new GivenUp("lost");
    if (this.furthest) this.hooks.notice("restarted");
    await this.open(true);
  }

  async readable() {
    try { await this.file.slice(this.offset, this.offset + 1).arrayBuffer(); return true; } catch { return false; }
  }

  async wait(seconds) {
    if (!navigator.onLine) {
      this.hooks.notice("offline");
      await this.either((go) => addEventListener("online", go, { once: true }));
      this.tries = 0;
      return;
    }
    this.hooks.notice("waiting");
    const backoff = Math.min(30, 0.5 * 2 ** (this.tries - 1)) * (0.5 + Math.random() / 2);
    await this.either((go) => { setTimeout(go, 1000 * Math.min(30, seconds ?? backoff)); addEventListener("online", go, { once: true }); });
  }

  either(arrange) {
    const { signal } = this.halt;
    return new Promise((resolve, reject) => {
      arrange(resolve);
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    });
  }

  send(method, headers, body, loaded) {
    return new Promise((resolve, reject) => {
      const xhr = new XMLHttpRequest();
      this.xhr = xhr;
      xhr.open(method, this.url);
      for (const [name, value] of Object.entries(headers)) xhr.setRequestHeader(name, value);
      let timer;
      const alive = () => { clearTimeout(timer); timer = setTimeout(() => xhr.abort(), STALL_MS); };
      alive();
      if (loaded) xhr.upload.onprogress = (event) => { alive(); loaded(event.loaded); };
      const fail = () => reject(this.halt.signal.aborted ? this.halt.signal.reason : new Trouble("network"));
      xhr.onerror = xhr.onabort = fail;
      xhr.onload = () => {
        const told = headersOf(xhr);
        const asked = Number.parseFloat(told.get("retry-after"));
        resolve({ status: xhr.status, range: told.get("range"), location: told.get("location"), seconds: asked >= 0 ? asked : undefined, text: () => xhr.responseText, url: xhr.responseURL });
      };
      xhr.onloadend = () => { clearTimeout(timer); this.xhr = null; };
      xhr.send(body);
    });
  }
}

// Saving: what was typed and not acknowledged yet, sent box by box with what had stood there, and merged.
// Offline it stays in the journal of this device and is sent when the connection returns.
import { Journal } from "./journal.js";
import { read } from "./numbers.js";

const SOON = 100;
const PAUSE = 2000;
const CHECK = 120;
const WAITS = [1000, 2000, 4000, 8000, 15000, 30000];

export class Sync {
  constructor(form, data, base, on) {
    this.on = on; // state(name, values), answer(answer), values(answer), conflict(conflict), settled(address)
    this.save_url = form.dataset.save;
    this.check_url = form.dataset.check;
    this.person = form.dataset.person;
    this.revision = data.revision;
    this.savedAt = data.saved_at;
    this.base = new Map(Object.entries(base));
    this.pending = new Map();
    this.conflicts = new Map();
    this.extra = [];
    this.journal = new Journal(this.person, data.filing);
    this.failures = 0;
    this.stopped = false;
    this.number = 0;
    this.shown = 0;
    this.state = "saved";
    window.addEventListener("online", () => this.wake());
    window.addEventListener("offline", () => this.away("offline"));
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") this.flush(true);
      else if (this.pending.size) this.wake();
    });
    window.addEventListener("focus", () => { if (this.stopped && this.stopped !== "refused") this.wake(); });
  }

  known(address) {
    return this.base.get(address) ?? "";
  }

  // a box holds `value` now
  note(address, value, soon = false) {
    const entry = this.pending.get(address);
    const conflict = this.conflicts.get(address);
    if (conflict) {
      if (value === conflict.mine) return;
      this.settle(address);
    }
    if (!entry && value === this.known(address)) return;
    if (entry && entry.value === value && !conflict) { if (soon) this.schedule(SOON); return; }
    if (entry && value === entry.base && !entry.tried.length) this.forget(address, entry.value);
    else {
      const base = entry ? entry.base : this.known(address);
      this.pending.set(address, { base, value, tried: entry ? entry.tried : [] });
      this.journal.keep(address, base, value);
    }
    if (this.state !== "saving") this.tell(navigator.onLine && !this.failures ? "typing" : "offline");
    this.schedule(soon ? SOON : PAUSE);
    if (!soon) this.look();
  }

  forget(address, value) {
    this.pending.delete(address);
    this.journal.drop(address, value);
  }

  // journals that closed pages left: the first entry of a box is pending, further ones follow it
  adopt() {
    this.extra = this.journal.kept();
    this.promote();
    if (this.pending.size) this.schedule(SOON);
    return this.pending;
  }

  // entries of other pages whose box waits for nothing else become pending
  promote() {
    this.extra = this.extra.filter((entry) => {
      const { address, base, value } = entry;
      if (this.pending.has(address) || this.conflicts.has(address)) return true;
      this.journal.adopt(entry);
      this.pending.set(address, { base, value, tried: [] });
      return false;
    });
  }

  count() {
    return this.pending.size + this.conflicts.size;
  }

  schedule(after) {
    const due = Date.now() + after;
    if (this.timer && this.due <= due) return;
    clearTimeout(this.timer);
    this.due = due;
    this.timer = setTimeout(() => { this.timer = null; this.flush(); }, after);
  }

  wake() {
    if (this.stopped === "refused") return;
    this.stopped = false;
    this.failures = 0;
    clearTimeout(this.timer);
    this.timer = null;
    this.flush();
  }

  // send what is pending; resolves to true when nothing is left to send
  async flush(leaving = false) {
    if (this.sending) return this.sending.then(() => (this.pending.size ? this.flush(leaving) : true));
    this.promote();
    if (!this.pending.size && !this.probing) {
      // what was typed was taken back before it was sent
      if (this.state === "typing") this.tell("saved", { time: this.savedAt });
      return true;
    }
    if (!navigator.onLine) { this.away("offline"); return false; }
    clearTimeout(this.timer);
    this.timer = null;
    this.sending = this.send(leaving).finally(() => { this.sending = null; });
    const done = await this.sending;
    if ((this.pending.size || this.extra.length) && done && !this.stopped) this.schedule(PAUSE);
    return done && !this.pending.size;
  }

  async send(leaving) {
    const sent = new Map(Array.from(this.pending, ([address, entry]) => [address, { ...entry }]));
    const edits = Array.from(sent, ([address, { base, value }]) => ({ address, base, value }));
    this.pending.forEach((entry) => { if (!entry.tried.includes(entry.value)) entry.tried.push(entry.value); });
    this.tell("saving");
    const number = this.next();
    const answer = await this.ask(this.save_url, { edits, revision: this.revision, person: this.person }, leaving);
    if (!answer) return false;
    this.failures = 0;
    this.probing = false;
    this.revision = answer.revision;
    this.savedAt = answer.saved_at;
    this.settleSent(sent, answer);
    if (answer.values) this.take(answer);
    answer.conflicts.forEach((conflict) => this.clash(conflict));
    this.show(number, answer);
    this.tell(this.pending.size ? "typing" : "saved", { time: answer.saved_at });
    return true;
  }

  settleSent(sent, answer) {
    const clashed = new Set(answer.conflicts.map((conflict) => conflict.address));
    sent.forEach(({ value }, address) => {
      const entry = this.pending.get(address);
      if (clashed.has(address)) return;
      if (address.startsWith("r.")) this.forgetLine(address);
      else this.base.set(address, value);
      if (!entry || entry.value === value) this.forget(address, value);
      else {
        entry.base = value;
        entry.tried = [];
        this.journal.keep(address, value, entry.value);
      }
    });
  }

  forgetLine(address) {
    const prefix = `l${address.slice(1)}.`;
    Array.from(this.base.keys()).filter((key) => key.startsWith(prefix)).forEach((key) => this.base.delete(key));
  }

  // all that stands in the draft, after somebody else changed it
  take(answer) {
    const before = this.base;
    this.base = new Map(Object.entries(answer.values));
    this.on.values(answer, before, this.base);
  }

  clash(conflict) {
    const { address, theirs } = conflict;
    const entry = this.pending.get(address);
    // what this page itself sent before its answer was lost is nobody else's word
    if (entry && conflict.why === "differs" && entry.tried.some((value) => same(value, theirs))) {
      entry.base = theirs;
      this.schedule(SOON);
      return;
    }
    this.pending.delete(address);
    this.conflicts.set(address, { ...conflict, mine: entry ? entry.value : conflict.mine });
    this.journal.keep(address, entry ? entry.base : conflict.base, entry ? entry.value : conflict.mine);
    this.on.conflict(this.conflicts.get(address));
  }

  // a conflict is decided: mine holds (and is sent against theirs), or theirs does
  settle(address, mine) {
    const conflict = this.conflicts.get(address);
    if (!conflict) return;
    this.conflicts.delete(address);
    this.journal.drop(address, conflict.mine);
    if (mine !== undefined) {
      const base = conflict.theirs;
      this.pending.set(address, { base, value: mine, tried: [] });
      this.journal.keep(address, base, mine);
      this.schedule(SOON);
    }
    this.on.settled(address, conflict);
  }

  // the audits of what stands in the page, without saving
  look() {
    clearTimeout(this.looking);
    this.looking = setTimeout(() => this.check(), CHECK);
  }

  async check() {
    if (!navigator.onLine || this.stopped || this.sending) return;
    if (this.aborter) this.aborter.abort();
    this.aborter = new AbortController();
    const edits = Array.from(this.pending, ([address, { base, value }]) => ({ address, base, value }));
    const number = this.next();
    try {
      const response = await this.post(this.check_url, { edits, revision: this.revision, person: this.person }, { signal: this.aborter.signal });
      if (response.ok && response.type !== "opaqueredirect") this.show(number, await response.json());
    } catch { /* a check that fails is done again with the next one */ }
  }

  next() {
    this.number += 1;
    return this.number;
  }

  show(number, answer) {
    if (number < this.shown) return;
    this.shown = number;
    this.on.answer(answer);
  }

  post(url, body, options) {
    const cookie = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
    const field = document.querySelector("#return-form [name=csrfmiddlewaretoken]");
    return fetch(url, {
      method: "POST",
      redirect: "manual",
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": cookie ? cookie[1] : field.value },
      body: JSON.stringify(body),
      ...options,
    });
  }

  // an answer as an object, or null after telling why there is none
  async ask(url, body, leaving) {
    let response;
    try {
      response = await this.post(url, body, { keepalive: leaving, signal: leaving ? undefined : AbortSignal.timeout(20000) });
    } catch {
      this.away("offline");
      return null;
    }
    if (response.type === "opaqueredirect" || response.status === 401) return this.stop("signed_out");
    if (response.status === 429 || response.status >= 500) {
      this.away("retry", Number(response.headers.get("Retry-After")) * 1000);
      return null;
    }
    let data = null;
    try { data = await response.json(); } catch { /* not ours */ }
    if (response.ok && data) return data;
    if (data && data.code === "another_person") return this.stop("another_person");
    // a token that ended with the sign-in is answered by a page
    if (response.status === 403 && !data) return this.stop("signed_out");
    return this.stop("refused", { message: (data && data.message) || response.status });
  }

  stop(state, values = {}) {
    this.stopped = state;
    this.tell(state, values);
    if (state !== "refused") { this.probing = true; setTimeout(() => { if (this.stopped === state) { this.stopped = false; this.flush(); } }, 5000); }
    return null;
  }

  away(state, after) {
    const wait = after || WAITS[Math.min(this.failures, WAITS.length - 1)];
    this.failures += 1;
    this.tell(this.journal.works ? state : "unkept");
    clearTimeout(this.timer);
    this.timer = null;
    if (this.pending.size) this.schedule(wait);
  }

  tell(state, values = {}) {
    this.state = state;
    this.on.state(state, { ...values, count: this.count() });
  }
}

// whether two texts say the same figure or words
function same(one, two) {
  return one === two || (read(one) !== null && read(one) === read(two)) || String(one ?? "").trim() === String(two ?? "").trim();
}

// What was typed and is not acknowledged yet, kept on this device: one entry for each box, so that two tabs
// never write over each other. Entries go when the server has them, and all of them at sign-out (app.js).
const PREFIX = "gongmai.sheet|";

export class Journal {
  constructor(person, filing) {
    this.prefix = `${PREFIX}${person}|${filing}|`;
    this.page = Math.random().toString(36).slice(2, 10);
    this.works = true;
  }

  // entries of this return by any page of this person, the oldest first
  kept() {
    const found = [];
    try {
      for (let index = 0; index < localStorage.length; index += 1) {
        const key = localStorage.key(index);
        if (!key.startsWith(this.prefix)) continue;
        const entry = JSON.parse(localStorage.getItem(key));
        if (entry && typeof entry.address === "string") found.push({ ...entry, key });
      }
    } catch { this.works = false; }
    return found.sort((one, two) => one.at - two.at);
  }

  keep(address, base, value) {
    const entry = { address, base, value, at: Date.now() };
    try {
      localStorage.setItem(`${this.prefix}${this.page}|${address}`, JSON.stringify(entry));
      this.works = true;
    } catch { this.works = false; }
  }

  // forget this page's entry of a box, and other pages' entries that say the same
  drop(address, value) {
    try {
      localStorage.removeItem(`${this.prefix}${this.page}|${address}`);
      this.kept().filter((entry) => entry.address === address && entry.value === value)
        .forEach((entry) => localStorage.removeItem(entry.key));
    } catch { this.works = false; }
  }

  // take over an entry that another page of this person left
  adopt(entry) {
    try { localStorage.removeItem(entry.key); } catch { this.works = false; }
    this.keep(entry.address, entry.base, entry.value);
  }
}

export function countKept(person, filing) {
  return new Set(new Journal(person, filing).kept().map((entry) => entry.address)).size;
}

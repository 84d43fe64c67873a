// The editor of a rule: syntax colouring behind the text, completion, checks while typing.
// Without this file the page works: the text is checked by the server when it is sent.
const form = document.querySelector("[data-rule-editor]");
const TOKEN = /\s+|'[^'\\]*'?|\d+(?:\.\d+)?(?:[eE][+-]?\d{1,2})?|[A-Za-z][A-Za-z0-9_]*|<=|>=|<>|!=|[^\s]/g;
const RESERVED = new Set(["and", "or", "not", "in", "when", "then", "else", "case", "between", "is", "end", "null", "true", "false", "known", "unknown"]);
const MOST = 40;

function kindOf(piece, next) {
  if (/^\s/.test(piece)) return "space";
  if (piece[0] === "'") return "text";
  if (/^\d/.test(piece)) return "number";
  if (!/^[A-Za-z]/.test(piece)) return "mark";
  if (RESERVED.has(piece.toLowerCase())) return "word";
  return next === "(" ? "function" : "item";
}

// colouring: the <pre> lies behind a textarea whose own letters are transparent
function paint(area, position = null) {
  const pre = area.parentElement.querySelector("[data-paint]");
  const pieces = area.value.match(TOKEN) || [];
  const spans = [];
  let start = 0;
  pieces.forEach((piece, number) => {
    const span = document.createElement("span");
    span.textContent = piece;
    span.className = `c-${kindOf(piece, pieces[number + 1])}`;
    if (position !== null && position >= start && position < start + piece.length) span.classList.add("c-bad");
    start += piece.length;
    spans.push(span);
  });
  spans.push(document.createTextNode("\n"));
  pre.replaceChildren(...spans);
  pre.scrollTop = area.scrollTop;
}

// completion: a listbox under the box, driven from the keyboard
class Offers {
  constructor(area, all) {
    this.area = area;
    this.all = all;
    this.found = [];
    this.at = 0;
    this.list = document.createElement("ul");
    this.list.className = "offers";
    this.list.id = `${area.id}-offers`;
    this.list.setAttribute("role", "listbox");
    this.list.hidden = true;
    area.parentElement.append(this.list);
    area.setAttribute("role", "combobox");
    area.setAttribute("aria-autocomplete", "list");
    area.setAttribute("aria-controls", this.list.id);
    area.setAttribute("aria-expanded", "false");
    area.addEventListener("input", () => this.look(1));
    area.addEventListener("keydown", (event) => this.key(event));
    area.addEventListener("blur", () => setTimeout(() => this.close(), 150));
  }
  typed() {
    const before = this.area.value.slice(0, this.area.selectionStart);
    return (before.match(/[\p{L}_][\p{L}\p{N}_]*$/u) || [""])[0];
  }
  look(least) {
    const typed = this.typed().toLowerCase();
    if (typed.length < least) return this.close();
    const fits = (offer) =>
      offer.text.toLowerCase().includes(typed) || offer.zh.includes(typed) || offer.en.toLowerCase().includes(typed);
    const first = (offer) => (offer.text.toLowerCase().startsWith(typed) ? 0 : 1);
    this.found = this.all.filter(fits).sort((one, other) => first(one) - first(other)).slice(0, MOST);
    if (!this.found.length || (this.found.length === 1 && this.found[0].text === typed)) return this.close();
    this.at = 0;
    this.show();
  }
  show() {
    this.list.replaceChildren(
      ...this.found.map((offer, number) => {
        const entry = document.createElement("li");
        entry.id = `${this.list.id}-${number}`;
        entry.setAttribute("role", "option");
        entry.setAttribute("aria-selected", String(number === this.at));
        const code = document.createElement("code");
        code.textContent = offer.text;
        const label = document.createElement("small");
        label.textContent = [offer.zh, offer.en].filter(Boolean).join(" · ");
        const unit = document.createElement("i");
        unit.textContent = offer.unit || "";
        entry.append(code, label, unit);
        entry.addEventListener("mousedown", (event) => {
          event.preventDefault();
          this.at = number;
          this.take();
        });
        return entry;
      }),
    );
    this.list.hidden = false;
    this.area.setAttribute("aria-expanded", "true");
    this.mark();
  }
  mark() {
    Array.from(this.list.children).forEach((entry, number) => entry.setAttribute("aria-selected", String(number === this.at)));
    const entry = this.list.children[this.at];
    this.area.setAttribute("aria-activedescendant", entry.id);
    entry.scrollIntoView({ block: "nearest" });
  }
  key(event) {
    if (event.key === " " && event.ctrlKey) {
      event.preventDefault();
      this.look(0);
      return;
    }
    if (this.list.hidden) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      this.at = (this.at + step + this.found.length) % this.found.length;
      this.mark();
    } else if (event.key === "Enter" || event.key === "Tab") {
      event.preventDefault();
      this.take();
    } else if (event.key === "Escape") {
      event.stopPropagation();
      this.close();
    }
  }
  take() {
    const offer = this.found[this.at];
    const end = this.area.selectionStart;
    const start = end - this.typed().length;
    this.area.setRangeText(offer.insert, start, end, "end");
    this.close();
    this.area.focus();
    this.area.dispatchEvent(new Event("input", { bubbles: true }));
    this.close();
  }
  close() {
    this.list.hidden = true;
    this.area.setAttribute("aria-expanded", "false");
    this.area.removeAttribute("aria-activedescendant");
  }
}

// checks: half a second after the last key; an answer that was overtaken is dropped
let asked = 0;
let timer = 0;
async function check() {
  const mine = ++asked;
  const answer = await fetch(form.dataset.check, {
    method: "POST",
    body: new FormData(form),
    headers: { "X-CSRFToken": form.querySelector("[name=csrfmiddlewaretoken]").value },
    credentials: "same-origin",
  }).catch(() => null);
  if (!answer || !answer.ok || mine !== asked) return;
  const { findings, words } = await answer.json();
  const box = document.getElementById("checked");
  const lines = findings.length ? findings : [{ text: form.dataset.good, good: true }];
  box.replaceChildren(
    ...lines.map((each) => {
      const line = document.createElement("p");
      line.className = each.good ? "good" : "bad";
      line.textContent = `${each.good ? "✓" : "!"} ${each.text}`;
      return line;
    }),
  );
  document.querySelector("[data-in-words]").textContent = words.zh || "";
  document.querySelector("[data-in-words-en]").textContent = words.en || "";
  const placed = findings.find((each) => each.position !== null && each.position !== undefined);
  const area = document.getElementById("formula");
  area.setAttribute("aria-invalid", String(findings.length > 0));
  paint(area, placed ? placed.position : null);
}

if (form) {
  const areas = Array.from(form.querySelectorAll("[data-code]"));
  for (const area of areas) {
    area.parentElement.classList.add("painted");
    paint(area);
    area.addEventListener("input", () => paint(area));
    area.addEventListener("scroll", () => paint(area));
  }
  fetch(form.dataset.words, { credentials: "same-origin" })
    .then((answer) => (answer.ok ? answer.json() : { offers: [] }))
    .then(({ offers }) => areas.forEach((area) => new Offers(area, offers)))
    .catch(() => {});
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(check, 500);
  });
  check();
}

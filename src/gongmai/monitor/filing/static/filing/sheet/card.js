// The box that is being worked on: its findings with their explanations, its history, what was filed before.
import { button, el } from "./dom.js";
import { fill, group, read } from "./numbers.js";
import { spark } from "./spark.js";

export class Card {
  constructor(boxes, findings, sync, data, on) {
    this.boxes = boxes;
    this.findings = findings;
    this.sync = sync;
    this.words = data.words;
    this.series = data.series;
    this.reasons = data.reasons;
    this.on = on; // take(address, value), confirm(cells), settle(address, mine), explain(key, text), back(box)
    this.node = document.getElementById("cell-card");
    this.box = null;
    this.node.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !this.box) return;
      event.preventDefault();
      this.on.back(this.box);
    });
    if (window.visualViewport) {
      const lift = () => document.documentElement.style.setProperty("--keyboard", `${Math.max(0, window.innerHeight - visualViewport.height - visualViewport.offsetTop)}px`);
      visualViewport.addEventListener("resize", lift);
      visualViewport.addEventListener("scroll", lift);
    }
  }

  show(box) {
    this.box = box;
    this.draw();
  }

  hide() {
    this.node.hidden = true;
  }

  // after an answer: unless somebody is writing in it
  refresh() {
    if (this.box && this.box.isConnected && !this.node.contains(document.activeElement)) this.draw();
  }

  draw() {
    const { box } = this;
    const parts = [
      el("h3", {}, this.title(box)), this.conflict(box), this.prefilled(box),
      ...this.findings.of(box.name).filter((item) => item.dataset.finding !== "not_confirmed").map((item) => this.finding(item)),
      this.history(box),
    ];
    if (box.title && !this.boxes.isOpen(box)) parts.splice(1, 0, el("p", { class: "muted" }, box.title));
    this.node.replaceChildren(...parts.filter(Boolean));
    this.node.hidden = false;
    this.uncover(box);
  }

  // on a telephone the card lies over the page: the box that it speaks of must stay in sight above it
  uncover(box) {
    if (getComputedStyle(this.node).position !== "fixed") return;
    const below = box.getBoundingClientRect().bottom - this.node.getBoundingClientRect().top;
    if (below > 0) window.scrollBy(0, below + 8);
  }

  title(box) {
    const row = box.closest("tr");
    const words = row.matches("[data-line]") && row.querySelector("th small");
    const key = row.matches("[data-line]") && row.querySelector("input.key");
    const unit = row.querySelector("th[data-unit]");
    const entry = words ? `${key.value} ${words.textContent}`.trim() : "";
    return [entry, box.getAttribute("aria-label"), unit ? `(${unit.dataset.unit})` : ""].filter(Boolean).join(" ");
  }

  conflict(box) {
    const conflict = this.sync.conflicts.get(box.name);
    if (!conflict) return null;
    const settle = (mine) => () => this.on.settle(box.name, mine);
    const choices = {
      differs: [[this.words.keep_mine, conflict.mine], [this.words.keep_theirs, undefined]],
      gone: [[this.words.restore_line, conflict.mine], [this.words.drop_mine, undefined]],
      closed: [[this.words.drop_mine, undefined]],
    }[conflict.why];
    return el("div", { class: "card-conflict", role: "group" }, el("p", {}, this.findings.clashText(conflict)),
      ...choices.map(([text, mine]) => button(text, settle(mine))));
  }

  prefilled(box) {
    if (!box.classList.contains("prefilled")) return null;
    return el("p", { class: "card-prefilled" }, `${this.words.prefilled} `,
      button(this.words.confirm, () => this.on.confirm([box.name.slice(2)])));
  }

  finding(item) {
    const explains = item.classList.contains("explain");
    const take = item.querySelector("[data-take]");
    const key = item.dataset.finding;
    const node = el("div", { class: `card-finding ${explains ? "explain" : "blocking"}` },
      el("p", {}, item.querySelector("[data-text]").textContent),
      el("p", { class: "muted" }, item.querySelector("[data-advice]").textContent));
    if (take && this.boxes.isOpen(this.box)) {
      node.append(button(fill(this.words.use, { value: group(take.dataset.value) }), () => this.on.take(this.box.name, take.dataset.value)));
    }
    if (explains) {
      const label = item.querySelector("label.explain span").textContent;
      const text = el("textarea", { rows: "2", maxlength: "2000", "data-explain": key, "aria-label": label });
      text.value = this.findings.explanation(key);
      text.addEventListener("input", () => this.on.explain(key, text.value));
      node.append(this.reasonList(text), text);
    }
    return node;
  }

  // a reason chosen from the list goes before the text, in brackets
  reasonList(text) {
    const list = el("select", { class: "form-select", "aria-label": this.words.new_reason },
      el("option", { value: "" }, this.words.new_reason),
      ...this.reasons.map((reason) => el("option", { value: reason }, reason)));
    const bracket = text.value.match(/^\u3010(.*?)\u3011/);
    if (bracket && this.reasons.includes(bracket[1])) list.value = bracket[1];
    list.addEventListener("change", () => {
      const rest = text.value.replace(/^\u3010.*?\u3011/, "");
      text.value = list.value ? `\u3010${list.value}\u3011${rest}` : rest;
      text.dispatchEvent(new Event("input"));
      text.focus();
      text.setSelectionRange(text.value.length, text.value.length);
    });
    return list;
  }

  values(box) {
    const [kind, first, line, column] = box.name.split(".");
    if (kind === "c") return this.series.cells[first];
    const key = this.boxes.line(first, line)?.querySelector("input.key");
    const entry = key && this.series.lines[first] && this.series.lines[first][key.value.trim()];
    return entry && entry[column];
  }

  history(box) {
    if (!box.matches("[data-number]")) return null;
    const { words } = this;
    const values = this.values(box);
    const node = el("div", { class: "card-history" });
    if (!values || !values.some((value) => typeof value === "number")) return el("p", { class: "muted" }, words.no_history);
    const { periods, year_ago: yearAgo } = this.series;
    const known = values.map((value, index) => [value, periods[index]]).filter(([value]) => typeof value === "number");
    const [low, high] = [known.reduce((one, two) => (two[0] < one[0] ? two : one)), known.reduce((one, two) => (two[0] > one[0] ? two : one))];
    const facts = [];
    const last = values[values.length - 1];
    if (typeof values[yearAgo] === "number") facts.push(fill(words.year_ago, { value: group(values[yearAgo]) }));
    facts.push(fill(words.highest, { value: group(high[0]), period: high[1] }), fill(words.lowest, { value: group(low[0]), period: low[1] }));
    node.append(spark([...values, read(box.value)], yearAgo),
      el("p", { class: "visually-hidden" }, fill(words.history, { count: known.length, first: known[0][1], last: known[known.length - 1][1] })));
    if (typeof last === "number") {
      const line = el("p", {}, `${fill(words.last, { value: group(last) })} `);
      if (this.boxes.isOpen(box) && read(box.value) !== last) line.append(button(words.take_over, () => this.on.take(box.name, String(last)), { title: "Alt+L" }));
      node.append(line);
    }
    node.append(el("p", { class: "muted" }, facts.join(" · ")));
    return node;
  }
}

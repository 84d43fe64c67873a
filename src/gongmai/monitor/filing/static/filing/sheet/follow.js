// What follows while people type: month and cumulative figure, totals of lines, growth against the base.
import { group, read, write } from "./numbers.js";

export class Follow {
  constructor(boxes, data) {
    this.boxes = boxes;
    this.flows = data.flows;
    this.totals = data.totals;
  }

  // the boxes that follow a typed one: [{address, value}]; `first` gives what stood in a box before the typing
  followers(address, first) {
    const key = address.slice(2);
    const [item, part = ""] = key.split("__");
    const adjusted = item.endsWith("_adjustment") ? item.slice(0, -"_adjustment".length) : null;
    const flow = address.startsWith("c.") && this.flows[adjusted || item];
    if (!flow) return [];
    if (adjusted) return this.cumulate(adjusted, "", flow.before, flow, first);
    if (part === "" || part === "base") {
      return this.cumulate(item, part, part ? flow.before_base : flow.before, flow, first);
    }
    return this.differ(item, part === "ytd" ? "" : "base", part === "ytd" ? flow.before : flow.before_base, flow, first);
  }

  // cumulative = cumulative before + month + adjustment, while it was so before the typing
  cumulate(item, part, before, flow, first) {
    const month = part ? `c.${item}__base` : `c.${item}`;
    const ytd = part ? `c.${item}__ytd_base` : `c.${item}__ytd`;
    const box = this.boxes.get(ytd);
    if (typeof before !== "number" || !this.boxes.get(month) || !box || !this.boxes.isOpen(box)) return [];
    const change = part ? null : `c.${item}_adjustment`;
    const sum = (text, extra) => {
      const value = read(text);
      return value === null ? "" : write(before + value + (extra || 0), flow.decimals);
    };
    const was = sum(first(month), change && read(first(change)));
    if (first(ytd) !== "" && read(first(ytd)) !== read(was)) return [];
    return [{ address: ytd, value: sum(this.boxes.text(month), change && read(this.boxes.text(change))) }];
  }

  // an empty month is what the cumulative figure adds to the one before
  differ(item, part, before, flow, first) {
    const month = part ? `c.${item}__base` : `c.${item}`;
    const ytd = part ? `c.${item}__ytd_base` : `c.${item}__ytd`;
    const box = this.boxes.get(month);
    const value = read(this.boxes.text(ytd));
    if (typeof before !== "number" || !box || !this.boxes.isOpen(box) || first(month) !== "") return [];
    const extra = part ? 0 : read(this.boxes.text(`c.${item}_adjustment`)) || 0;
    return [{ address: month, value: value === null ? "" : write(value - before - extra, flow.decimals) }];
  }

  // totals of lines, as the server's roll-ups compute them
  addUp() {
    this.totals.forEach(({ cell, table, decimals, tree }) => {
      const lines = this.boxes.lines(table).map((name) => (key) => read(this.boxes.text(`l.${table}.${name}.${key}`)));
      const terms = lines.map((line) => compute(tree[1], line)).filter((value) => value !== null);
      const sum = terms.length ? Number(write(terms.reduce((one, two) => one + two, 0), decimals)) : null;
      document.querySelectorAll(`[data-total="${cell}"]`).forEach((place) => { place.textContent = group(sum, decimals); });
    });
  }

  grow() {
    document.querySelectorAll("[data-growth]").forEach((place) => {
      const item = place.dataset.growth;
      if (!item) return;
      const rates = [["", "__base"], ["__ytd", "__ytd_base"]]
        .map(([now, base]) => rate(read(this.boxes.text(`c.${item}${now}`)), read(this.boxes.text(`c.${item}${base}`))))
        .map((value) => {
          const part = document.createElement("span");
          part.textContent = value === null ? "–" : `${value > 0 ? "+" : ""}${(value * 100).toFixed(1)}%`;
          if (value) part.className = value > 0 ? "up" : "down";
          return [part, value];
        });
      const both = this.boxes.get(`c.${item}__ytd`) && this.boxes.get(`c.${item}`);
      const known = rates.filter(([, value], index) => (both ? true : this.boxes.get(`c.${item}${index ? "__ytd" : ""}`)));
      place.replaceChildren(...known.map(([part]) => part));
    });
  }
}

export function rate(now, base) {
  return now === null || !base || base < 0 ? null : now / base - 1;
}

// a term of a roll-up: a number, the key of a column, or [operator, term, ...]; unknown is null
export function compute(term, line) {
  if (typeof term === "number") return term;
  if (typeof term === "string") return line(term);
  const [operator, ...parts] = term;
  const values = parts.map((part) => compute(part, line));
  if (operator === "coalesce") return values.find((value) => value !== null) ?? null;
  if (values.includes(null)) return null;
  const [one, two] = values;
  if (operator === "+") return one + two;
  if (operator === "-") return one - two;
  if (operator === "*") return one * two;
  return two ? one / two : null;
}

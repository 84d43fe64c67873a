// The history of a box as a line: gaps where nothing was filed, the same period last year marked.
const SVG = "http://www.w3.org/2000/svg";
const [WIDTH, HEIGHT, PAD] = [240, 44, 4];

function shape(tag, attributes) {
  const node = document.createElementNS(SVG, tag);
  Object.entries(attributes).forEach(([name, value]) => node.setAttribute(name, value));
  return node;
}

// `values` oldest first; the last one is what stands in the box now
export function spark(values, marked) {
  const known = values.filter((value) => typeof value === "number");
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const x = (index) => PAD + (index * (WIDTH - 2 * PAD)) / Math.max(1, values.length - 1);
  const y = (value) => (high === low ? HEIGHT / 2 : HEIGHT - PAD - ((value - low) * (HEIGHT - 2 * PAD)) / (high - low));
  const svg = shape("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "spark", "aria-hidden": "true", focusable: "false" });
  let path = "";
  let drawing = false;
  values.forEach((value, index) => {
    if (typeof value !== "number") { drawing = false; return; }
    path += `${drawing ? "L" : "M"}${x(index).toFixed(1)} ${y(value).toFixed(1)}`;
    drawing = true;
  });
  svg.append(shape("path", { d: path, class: "spark-line" }));
  if (typeof values[marked] === "number") {
    svg.append(
      shape("line", { x1: x(marked), x2: x(marked), y1: 0, y2: HEIGHT, class: "spark-mark" }),
      shape("circle", { cx: x(marked), cy: y(values[marked]), r: 3.2, class: "spark-year-ago" }),
    );
  }
  const last = values.length - 1;
  if (typeof values[last] === "number") svg.append(shape("circle", { cx: x(last), cy: y(values[last]), r: 3.2, class: "spark-now" }));
  return svg;
}

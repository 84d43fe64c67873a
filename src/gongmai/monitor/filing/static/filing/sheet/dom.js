// Making elements without markup in strings.
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  Object.entries(attributes).forEach(([name, value]) => {
    if (value === false || value === null || value === undefined) return;
    if (name === "class") node.className = value;
    else if (name === "on") Object.entries(value).forEach(([type, handler]) => node.addEventListener(type, handler));
    else node.setAttribute(name, value === true ? "" : value);
  });
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return node;
}

export function button(text, handler, attributes = {}) {
  return el("button", { type: "button", class: "btn btn-sm", on: { click: handler }, ...attributes }, text);
}

// Numbers as people type them and as the sheet shows them. The server reads them again; its word stands.
const PLAIN = /^[+-]?(\d+\.?\d*|\.\d+)$/;
const GROUPED = /^[+-]?\d{1,3}(,\d{3})+(\.\d*)?$/;

// the plain spelling of a number, "" for a blank, null for anything else
export function tidy(text) {
  let plain = String(text).normalize("NFKC").replace(/[\s\u200b\ufeff]/g, "").replace(/[\u2010-\u2015\u2212\u30fc]/g, "-");
  if (["", "-", "--", "/"].includes(plain)) return "";
  if (/^\(.*\)$/.test(plain)) plain = `-${plain.slice(1, -1)}`;
  if (GROUPED.test(plain)) plain = plain.replaceAll(",", "");
  return PLAIN.test(plain) ? plain.replace(/^\+/, "") : null;
}

export function read(text) {
  const plain = tidy(text);
  return plain ? Number(plain) : null;
}

export function write(value, decimals = 2) {
  const power = 10 ** decimals;
  return String(Math.round(value * power + Math.sign(value) * 1e-9) / power);
}

// with its thousands apart
export function group(value, decimals = 6) {
  if (value === null || value === undefined || value === "") return "";
  const number = typeof value === "number" ? value : read(value);
  return number === null ? String(value) : number.toLocaleString("en-US", { maximumFractionDigits: decimals });
}

export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (all, name) => (name in values ? String(values[name]) : all));
}

// Charts: an option in a JSON block becomes a chart, with picture export and a data table.
(() => {
  "use strict";
  const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const PALETTE = ["#0d6b84", "#c98a12", "#5b6fb5", "#8a4f7d", "#4b8b5a", "#b5563c", "#6b7f8a", "#2f9fb8"];
  const live = new Set();
  const source = document.currentScript.dataset.echarts;
  let loading = null;

  function theme() {
    const axis = {
      axisLine: { lineStyle: { color: css("--line-2") } }, axisTick: { show: false },
      axisLabel: { color: css("--ink-2"), fontSize: 12 }, splitLine: { lineStyle: { color: "#e9edf0" } },
      nameTextStyle: { color: css("--ink-3"), fontSize: 12 },
    };
    return {
      color: PALETTE, backgroundColor: "transparent",
      textStyle: { fontFamily: css("--font"), color: css("--ink") },
      categoryAxis: { ...axis, splitLine: { show: false } }, valueAxis: { ...axis, axisLine: { show: false } },
      timeAxis: axis, logAxis: axis,
      legend: { textStyle: { color: css("--ink-2") }, icon: "roundRect", itemWidth: 12, itemHeight: 8, top: 0 },
      grid: { left: 8, right: 12, top: 34, bottom: 4, containLabel: true },
      tooltip: { backgroundColor: "#fff", borderColor: css("--line-2"), textStyle: { color: css("--ink"), fontSize: 13 }, confine: true },
      line: { symbolSize: 5, lineStyle: { width: 2 }, connectNulls: false },
      bar: { barMaxWidth: 26 },
    };
  }
  // "var(--up)" as a colour anywhere in an option follows the reader's convention
  function colours(value) {
    if (typeof value === "string") {
      const match = value.match(/^var\((--[a-z0-9-]+)\)$/);
      return match ? css(match[1]) : value;
    }
    if (Array.isArray(value)) return value.map(colours);
    if (value && typeof value === "object") {
      return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, colours(part)]));
    }
    return value;
  }
  function option(figure) {
    const given = JSON.parse(figure.querySelector("script[type='application/json']").textContent);
    return colours({ animation: false, tooltip: { trigger: "axis" }, ...given });
  }
  function draw(figure) {
    const canvas = figure.querySelector(".chart-canvas");
    if (!canvas || echarts.getInstanceByDom(canvas)) return;
    const chart = echarts.init(canvas, theme(), { renderer: "svg", locale: document.documentElement.lang.startsWith("zh") ? "ZH" : "EN" });
    chart.setOption(option(figure));
    const items = option(figure);
    if (items.links) {
      // links: {name: url}: a bar or point that opens in the drawer
      chart.on("click", (hit) => { if (items.links[hit.name]) htmx.ajax("GET", items.links[hit.name], "#drawer"); });
    }
    live.add(figure);
    new ResizeObserver(() => { if (canvas.clientWidth) chart.resize(); }).observe(canvas);
  }
  // the library is large: it is fetched by the first page that shows a chart
  function load() {
    loading = loading || new Promise((resolve, reject) => {
      const script = document.createElement("script");
      Object.assign(script, { src: source, onload: resolve, onerror: reject });
      document.head.append(script);
    });
    return loading;
  }
  function scan(root) {
    for (const figure of live) {
      if (!figure.isConnected) {
        const canvas = figure.querySelector(".chart-canvas");
        const chart = canvas && echarts.getInstanceByDom(canvas);
        if (chart) chart.dispose();
        live.delete(figure);
      }
    }
    const figures = Array.from((root || document).querySelectorAll("figure[data-chart]"));
    if (root && root.matches && root.matches("figure[data-chart]")) figures.push(root);
    if (figures.length) load().then(() => figures.forEach(draw));
  }
  function save(figure, type) {
    const canvas = figure.querySelector(".chart-canvas");
    const box = document.createElement("div");
    Object.assign(box.style, { width: `${canvas.clientWidth}px`, height: `${canvas.clientHeight}px`, position: "fixed", left: "-9999px" });
    document.body.append(box);
    const copy = echarts.init(box, theme(), { renderer: type === "svg" ? "svg" : "canvas" });
    copy.setOption({ ...option(figure), backgroundColor: "#fff" });
    const link = document.createElement("a");
    link.href = copy.getDataURL({ type, pixelRatio: 2, backgroundColor: "#fff" });
    link.download = `${figure.dataset.name}.${type}`;
    link.click();
    copy.dispose();
    box.remove();
  }
  document.addEventListener("click", (event) => {
    const saver = event.target.closest("[data-chart-save]");
    if (saver) save(saver.closest("figure"), saver.dataset.chartSave);
    const toggle = event.target.closest("[data-chart-table]");
    if (toggle) {
      const table = document.getElementById(toggle.getAttribute("aria-controls"));
      table.hidden = !table.hidden;
      toggle.setAttribute("aria-expanded", String(!table.hidden));
    }
  });
  document.addEventListener("gongmai:trend", () => live.forEach((figure) => {
    echarts.getInstanceByDom(figure.querySelector(".chart-canvas")).setOption(option(figure));
  }));
  document.addEventListener("htmx:afterSettle", (event) => scan(event.detail.elt));
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => scan());
  else scan();
})();

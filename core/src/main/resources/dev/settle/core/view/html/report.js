"use strict";
(() => {
  const by = id => document.getElementById(id);
  const make = (name, text) => { const e = document.createElement(name); if (text) { e.textContent = text; } return e; };
  const section = by("items");
  const ROWS = 100;

  const table = () => {
    const boxes = [...section.querySelectorAll("details.group")];
    const first = section.querySelector("table.items");
    if (!first) { return; }
    const heads = [...first.tHead.rows[0].cells];
    const kinds = heads.map(head => head.dataset.k);
    const rows = [...section.querySelectorAll("table.items tbody tr")];
    const cell = (row, i) => row.cells[i];
    const raw = (row, i) => { const c = cell(row, i); return c.dataset.v || c.textContent; };
    const number = text => { const n = parseFloat(text); return isNaN(n) ? null : n; };
    if (boxes.length) {
      const box = make("div");
      box.className = "scroll"; box.tabIndex = 0;
      box.setAttribute("role", "region"); box.setAttribute("aria-label", "Table of items");
      boxes[0].before(box);
      box.append(first);
      boxes.forEach(each => each.remove());
    }
    const body = first.tBodies[0];
    let sorted = -1, down = false, from = 0, shown = rows;
    const choices = [];

    const show = () => {
      const some = shown.slice(from, from + ROWS);
      body.replaceChildren(...some);
      by("f-count").textContent = shown.length + " of " + rows.length + " items";
      by("pager").hidden = shown.length <= ROWS;
      by("p-where").textContent = (shown.length ? from + 1 : 0) + " to " + (from + some.length) + " of " + shown.length;
      by("p-back").disabled = from === 0;
      by("p-next").disabled = from + ROWS >= shown.length;
    };
    const pick = () => {
      const state = by("f-state").value, text = by("f-text").value.trim().toLowerCase();
      shown = rows.filter(row => (!state || cell(row, 1).textContent === state)
        && choices.every(([i, select]) => !select.value || "=" + cell(row, i).textContent === select.value)
        && (!text || row.textContent.toLowerCase().includes(text)));
      if (sorted >= 0) {
        const numeric = kinds[sorted] === "number" || kinds[sorted] === "metric"
          || (kinds[sorted] === "matrix" && shown.every(row => number(raw(row, sorted)) !== null || !raw(row, sorted)));
        const keys = new Map(shown.map(row => [row, numeric ? number(raw(row, sorted)) : raw(row, sorted)]));
        shown.sort((a, b) => {
          const x = keys.get(a), y = keys.get(b);
          const noX = x === null || x === "", noY = y === null || y === "";
          if (noX || noY) { return noX - noY; }
          const order = numeric ? x - y : x.localeCompare(y, "en", {numeric: true});
          return down ? -order : order;
        });
      }
      from = 0;
      show();
    };
    heads.forEach((head, i) => {
      const button = make("button", head.textContent);
      button.type = "button";
      head.replaceChildren(button);
      button.addEventListener("click", () => {
        down = sorted === i && !down;
        sorted = i;
        heads.forEach(each => each.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        pick();
      });
      if (kinds[i] === "matrix") {
        const values = [...new Set(rows.map(row => cell(row, i).textContent))].filter(v => v);
        if (values.length > 1 && values.length <= 50) {
          const label = make("label", heads[i].textContent + " "), select = make("select");
          select.append(new Option("all", ""));
          values.sort((a, b) => a.localeCompare(b, "en", {numeric: true}));
          values.forEach(v => select.append(new Option(v, "=" + v)));
          select.addEventListener("change", pick);
          label.append(select);
          by("f-matrix").append(label, " ");
          choices.push([i, select]);
        }
      }
    });
    by("f-state").addEventListener("change", pick);
    by("f-text").addEventListener("input", pick);
    by("p-back").addEventListener("click", () => { from = Math.max(0, from - ROWS); show(); });
    by("p-next").addEventListener("click", () => { from += ROWS; show(); });
    by("tools").hidden = false;
    show();
    scatter(heads.map(head => head.textContent), rows, raw, number);
  };

  const scatter = (titles, rows, raw, number) => {
    const svg = by("scatter");
    if (!svg) { return; }
    const x = by("s-x"), y = by("s-y");
    x.value = svg.dataset.x;
    y.value = svg.dataset.y;
    const draw = () => {
      const i = titles.lastIndexOf(x.value), j = titles.lastIndexOf(y.value);
      const points = rows.map(row => [number(raw(row, i)), number(raw(row, j)), row.cells[0].textContent])
        .filter(p => p[0] !== null && p[1] !== null).slice(0, 2000);
      const range = k => points.reduce((r, p) => [Math.min(r[0], p[k]), Math.max(r[1], p[k])], [Infinity, -Infinity]);
      const [a, b] = range(0), [c, d] = range(1);
      const place = (v, low, high) => (high > low ? 3 + 94 * (v - low) / (high - low) : 50);
      svg.replaceChildren(...points.map(p => {
        const circle = document.createElementNS("http://www.w3.org/2000/svg", "circle");
        circle.setAttribute("class", "f-run");
        circle.setAttribute("r", "4");
        circle.setAttribute("cx", place(p[0], a, b) + "%");
        circle.setAttribute("cy", 100 - place(p[1], c, d) + "%");
        const title = document.createElementNS("http://www.w3.org/2000/svg", "title");
        title.textContent = p[2] + ": " + p[0] + ", " + p[1];
        circle.append(title);
        return circle;
      }));
      by("s-title").textContent = y.value + " over " + x.value;
      svg.setAttribute("aria-label", y.value + " over " + x.value);
      by("s-range").textContent = points.length
        ? x.value + " from " + a + " to " + b + ", " + y.value + " from " + c + " to " + d : "no item has both";
    };
    x.addEventListener("change", draw);
    y.addEventListener("change", draw);
    by("s-tools").hidden = false;
  };

  if (section) { table(); }
  const zoom = by("zoom");
  if (zoom) {
    zoom.hidden = false;
    by("zoom-in").addEventListener("input", event => by("time").setAttribute("width", event.target.value * 100 + "%"));
  }
  const open = () => {
    const target = location.hash && by(location.hash.slice(1));
    if (target && target.tagName === "DETAILS") { target.open = true; target.scrollIntoView(); }
  };
  addEventListener("hashchange", open);
  open();
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("details:not([open])")];
    closed.forEach(each => { each.open = true; });
  });
  addEventListener("afterprint", () => closed.forEach(each => { each.open = false; }));
})();

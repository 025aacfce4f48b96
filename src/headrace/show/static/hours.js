// @ts-check
// One bus of one node, hour by hour, at the detail its window asks for: a stack of what feeds it and of what it feeds, drawn as SVG.
// Drag, buttons and keys (arrows, + and -, Home) move the window; the line under the pointer tells every amount and the sum.
"use strict";

(() => {
  const { DAY, LONG, SHORT } = Headrace;
  const SVG = document.querySelector("svg").namespaceURI;
  const WIDE = 1040, TALL = 360, LEFT = 64, RIGHT = 8, TOP = 22, FOOT = 26, LEAST = 0.005;
  const LOSS = "#b9b2a6";

  /** @param {string} name @param {Record<string, string|number>} attributes @param {string} [words] */
  function mark(name, attributes, words) {
    const element = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
    if (words !== undefined) element.textContent = words;
    return element;
  }

  /** Round values between two, about five. @param {number} low @param {number} high */
  function rounds(low, high) {
    const rough = (high - low) / 5 || 1, power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 2.5, 5, 10].map((each) => each * power).find((each) => each >= rough * (1 - 1e-9)) ?? 10 * power;
    const told = [];
    for (let place = Math.ceil(low / step - 1e-9); place <= high / step + 1e-9; place++) told.push(+(place * step).toPrecision(12));
    return told;
  }

  class Dispatch {
    /** @param {HTMLElement} box @param {(window: [number, number]) => void} moved */
    constructor(box, moved) {
      this.box = box;
      this.moved = moved;
      this.turn = 0;
      /** @type {Map<object, Promise<Float64Array[]>>} */
      this.decoded = new Map();
      this.listen();
    }

    /** @param {object} sheet @param {string} start "YYYY-MM" @param {[number, number]} [window] first and last hour */
    async show(sheet, start, window) {
      this.sheet = sheet;
      this.start = Date.UTC(+start.slice(0, 4), +start.slice(5, 7) - 1);
      this.hours = sheet.levels[Object.keys(sheet.levels)[0]].slots * +Object.keys(sheet.levels)[0];
      this.window = window ?? [0, this.hours];
      await this.redraw();
    }

    /** What to draw in the window: by day, 6 hours or hour, the finest there is; hours of a telling week where only these are carried. */
    level() {
      const [from, to] = this.window, days = (to - from) / DAY;
      const wanted = days > LONG ? 24 : days > SHORT ? 6 : 1;
      const levels = Object.values(this.sheet.levels).filter((sent) => sent.step >= wanted).sort((a, b) => a.step - b.step);
      const piece = wanted === 1 && levels[0]?.step !== 1
        ? this.sheet.weeks.map((week) => week.hours).find((sent) => sent && sent.first <= from && to <= sent.first + sent.slots) : null;
      return piece ?? levels[0] ?? Object.values(this.sheet.levels)[0];
    }

    async rows(sent) {
      if (!this.decoded.has(sent)) this.decoded.set(sent, Headrace.decode(sent));
      return this.decoded.get(sent);
    }

    at(hour) {
      return this.sheet.dated ? new Date(this.start + hour * 3.6e6).toISOString().slice(0, 19) : hour;
    }

    /** A moment as it is read: as fine as the window asks for. @param {number} hour @param {boolean} fine */
    moment(hour, fine) {
      if (!this.sheet.dated) return `hour ${Math.round(hour).toLocaleString("en")}`;
      const told = new Date(this.start + hour * 3.6e6).toISOString();
      return fine ? `${told.slice(0, 10)} ${told.slice(11, 16)}` : told.slice(0, 10);
    }

    /** The slots of a level that lie in the window, and `more` beside it. */
    span(sent, more) {
      const start = (sent.first ?? 0) / sent.step;
      const first = Math.max(0, Math.floor(this.window[0] / sent.step - start) - more);
      return { start, first, last: Math.min(sent.slots, Math.ceil(this.window[1] / sent.step - start) + more) };
    }

    async redraw() {
      const turn = ++this.turn, sent = this.level();
      const rows = await this.rows(sent);
      if (turn !== this.turn) return;
      const { start, first, last } = this.span(sent, 0), count = last - first;
      const shown = sent.items.map((item, row) => ({ item, values: rows[row].subarray(first, last) }));
      const up = new Float64Array(count), down = new Float64Array(count);
      for (const { values } of shown) values.forEach((value, slot) => { if (value > 0) up[slot] += value; else down[slot] += value; });
      const highest = sent.step > 1 ? rows[sent.items.length + 1].subarray(first, last) : up;
      const top = Math.max(1e-12, ...up, ...highest) * 1.04, low = Math.min(0, ...down) * 1.04;
      const named = shown.filter(({ values }) => Math.max(...values.map(Math.abs)) > LEAST * Math.max(top, -low));
      const [from, to] = this.window;
      this.x = (/** @type {number} */ hour) => LEFT + (WIDE - LEFT - RIGHT) * (hour - from) / (to - from);
      this.y = (/** @type {number} */ value) => TOP + (TALL - TOP - FOOT) * (top - value) / (top - low);
      const edges = Array.from({ length: count + 1 }, (_, slot) => (start + first + slot) * sent.step);
      this.drawn = { sent, named, edges, count, up };
      const svg = mark("svg", { viewBox: `0 0 ${WIDE} ${TALL}`, class: "figure hours", role: "img", tabindex: 0, "aria-label": `${this.sheet.name}: ${named.map(({ item }) => item).join(", ")}` });
      const clip = mark("clipPath", { id: "hours-clip" });
      clip.append(mark("rect", { x: LEFT, y: 0, width: WIDE - LEFT - RIGHT, height: TALL }));
      svg.append(clip, ...this.grid(low, top));
      const inside = mark("g", { "clip-path": "url(#hours-clip)" });
      for (const sign of [1, -1]) inside.append(...this.areas(named, edges, sign));
      if (sent.step > 1) for (const [row, name] of [[1, "highest hour"], [0, "lowest hour"]]) {
        const line = mark("path", { d: this.steps(rows[sent.items.length + row].subarray(first, last), edges), class: "extreme" });
        line.append(mark("title", {}, name));
        inside.append(line);
      }
      svg.append(inside, mark("line", { x1: LEFT, x2: WIDE - RIGHT, y1: this.y(0), y2: this.y(0), class: "zero" }));
      this.cross = mark("line", { y1: TOP, y2: TALL - FOOT, class: "cross", visibility: "hidden" });
      this.chosen = mark("rect", { y: TOP, height: TALL - TOP - FOOT, class: "chosen", visibility: "hidden" });
      svg.append(this.cross, this.chosen);
      const keys = named.map(({ item }) => {
        const key = Object.assign(document.createElement("span"), { textContent: item });
        const patch = document.createElement("i");
        patch.style.background = this.sheet.colours[item] ?? LOSS;
        key.prepend(patch);
        return key;
      });
      const legend = Object.assign(document.createElement("p"), { className: "legend" });
      legend.append(...keys);
      this.told = Object.assign(document.createElement("p"), { className: "told" });
      this.told.setAttribute("aria-live", "polite");
      this.told.textContent = `${this.moment(from, false)} to ${this.moment(to, false)}, ${sent.step === 1 ? "every hour" : `means of ${sent.step} hours`}, ${this.sheet.unit}.`;
      const focus = this.box.contains(document.activeElement);
      this.box.replaceChildren(svg, this.told, legend);
      if (focus) svg.focus({ preventScroll: true });
      this.box.dataset.step = String(sent.step);
      this.box.dataset.points = String(count * named.length);
    }

    grid(low, top) {
      const marks = [mark("text", { x: LEFT, y: 12, class: "axis" }, this.sheet.unit)];
      for (const value of rounds(low, top)) {
        const y = this.y(value);
        marks.push(mark("line", { x1: LEFT, x2: WIDE - RIGHT, y1: y, y2: y, class: "grid" }), mark("text", { x: LEFT - 8, y: y + 4, "text-anchor": "end", class: "tick" }, Headrace.figure(value)));
      }
      for (let part = 0; part <= 6; part++) {
        const hour = this.window[0] + part * (this.window[1] - this.window[0]) / 6, anchor = part === 0 ? "start" : part === 6 ? "end" : "middle";
        marks.push(mark("text", { x: this.x(hour), y: TALL - 8, "text-anchor": anchor, class: "tick" }, this.moment(hour, this.window[1] - this.window[0] <= 7 * DAY)));
      }
      return marks;
    }

    steps(values, edges) {
      return Array.from(values, (value, slot) => `${slot ? "V" : `M${this.x(edges[0]).toFixed(1)} `}${this.y(value).toFixed(1)}H${this.x(edges[slot + 1]).toFixed(1)}`).join("");
    }

    /** The stack above the line (1) or below it (-1): each item from where the one before ended. */
    areas(named, edges, sign) {
      const base = new Float64Array(edges.length - 1), marks = [];
      for (const { item, values } of named) {
        const part = values.map((value) => (sign * value > 0 ? value : 0));
        if (!part.some((value) => value !== 0)) continue;
        const top = base.map((value, slot) => value + part[slot]);
        const back = Array.from(base, (value, slot) => `H${this.x(edges[slot + 1]).toFixed(1)}V${this.y(value).toFixed(1)}`).reverse().join("");
        const area = mark("path", { d: `${this.steps(top, edges)}${back}H${this.x(edges[0]).toFixed(1)}Z`, fill: this.sheet.colours[item] ?? LOSS, class: "area" });
        area.append(mark("title", {}, item));
        marks.push(area);
        base.set(top);
      }
      return marks;
    }

    hourOf(event) {
      const box = this.box.querySelector("svg").getBoundingClientRect();
      const x = (event.clientX - box.left) * WIDE / box.width;
      return this.window[0] + (this.window[1] - this.window[0]) * Math.min(1, Math.max(0, (x - LEFT) / (WIDE - LEFT - RIGHT)));
    }

    listen() {
      let from = null;
      this.box.addEventListener("pointerdown", (event) => { if (event.target.closest("svg") && event.pointerType !== "touch") { from = this.hourOf(event); this.box.setPointerCapture?.(event.pointerId); } });
      this.box.addEventListener("pointermove", (event) => {
        if (!this.drawn || !this.box.querySelector("svg")) return;
        const hour = this.hourOf(event);
        if (from === null) { if (event.target.closest("svg")) this.tell(hour); return; }
        const [left, right] = [Math.min(from, hour), Math.max(from, hour)].map(this.x);
        for (const [key, value] of Object.entries({ x: left, width: right - left, visibility: "visible" })) this.chosen.setAttribute(key, String(value));
      });
      this.box.addEventListener("pointerup", (event) => {
        if (from === null) return;
        const [left, right] = [from, this.hourOf(event)].sort((a, b) => a - b);
        from = null;
        if (right - left > (this.window[1] - this.window[0]) / 100) this.zoom(left, right);
        else this.chosen.setAttribute("visibility", "hidden");
      });
      this.box.addEventListener("keydown", (event) => {
        const [left, right] = this.window ?? [0, 0], wide = right - left;
        const to = { ArrowLeft: [left - wide / 4, right - wide / 4], ArrowRight: [left + wide / 4, right + wide / 4], "+": [left + wide / 4, right - wide / 4], "-": [left - wide / 2, right + wide / 2], Home: [0, this.hours] }[event.key];
        if (!to) return;
        event.preventDefault();
        this.zoom(to[0], to[1]);
      });
    }

    /** Every amount at an hour, and the sum of what feeds the bus. @param {number} hour */
    tell(hour) {
      const { named, edges, count, sent, up } = this.drawn;
      const slot = Math.min(count - 1, Math.max(0, Math.floor((hour - edges[0]) / sent.step)));
      const parts = named.filter(({ values }) => Math.abs(values[slot]) > 1e-9).map(({ item, values }) => `${item} ${Headrace.figure(values[slot])}`);
      const x = this.x(edges[slot] + sent.step / 2);
      for (const [key, value] of Object.entries({ x1: x, x2: x, visibility: "visible" })) this.cross.setAttribute(key, String(value));
      this.told.textContent = `${this.moment(edges[slot], true)}: in all ${Headrace.figure(up[slot])} ${this.sheet.unit}; ${parts.join(", ")}`;
    }

    /** Look at the hours from `first` to `last`. @param {number} first @param {number} last */
    zoom(first, last) {
      const wide = Math.max(6, Math.min(this.hours, last - first));
      const from = Math.max(0, Math.min(this.hours - wide, first));
      this.window = [from, from + wide];
      this.moved(this.window);
      return this.redraw();
    }

    /** The window as a table. */
    async table() {
      const sent = this.level(), step = sent.step, rows = await this.rows(sent), { start, first, last } = this.span(sent, 0);
      const lines = [];
      for (let slot = first; slot < last; slot++) lines.push([this.at((start + slot) * step), ...rows.map((row) => +row[slot].toPrecision(5))]);
      return { columns: [`from (${step} h mean)`, ...sent.items.map((item) => `${item} [${this.sheet.unit}]`), "lowest supply", "highest supply"], rows: lines };
    }
  }
  Headrace.Dispatch = Dispatch;
})();

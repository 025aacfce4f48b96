// @ts-check
// Draws what Python described. The same file serves the single-file report and the app; it never asks the network for anything.
"use strict";

/** @typedef {{columns: string[], rows: (string|number|boolean|null)[][]}} Table */
/** @typedef {{step: number, slots: number, items: string[], scale: number[], data: string, first?: number}} Sent */
/** @typedef {{node: number, site: string, name: string, unit: string, dated: boolean, colours: Record<string, string>,
 *             weeks: {why: string, first: number, hours: Sent|null}[], levels: Record<string, Sent>}} Sheet */

const Headrace = (() => {
  const FONT = { family: "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'Liberation Sans', Arial, sans-serif", size: 12, color: "#1f2a30" };
  const BASE = { font: FONT, paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", hoverlabel: { bgcolor: "#1f2a30", bordercolor: "#1f2a30", font: { ...FONT, color: "#fff" } } };
  const CONFIG = { displayModeBar: false, responsive: true };
  const DAY = 24, WEEK = 168, LONG = 120, SHORT = 28;

  /** Bytes of a base64 text, inflated. @param {string} text */
  async function inflate(text) {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  }

  /** Rows of a level, back from 16-bit differences in two byte planes. @param {Sent} sent */
  async function decode(sent) {
    const planes = await inflate(sent.data);
    const count = planes.length / 2;
    return sent.scale.map((scale, row) => {
      const values = new Float64Array(sent.slots);
      let step = 0;
      for (let slot = 0; slot < sent.slots; slot++) {
        const place = row * sent.slots + slot;
        step += ((planes[place] | (planes[count + place] << 8)) << 16) >> 16;
        values[slot] = step * scale;
      }
      return values;
    });
  }

  /** @param {HTMLElement} box @param {{data: object[], layout: object}} figure */
  function draw(box, figure) {
    return Plotly.react(box, figure.data, { ...BASE, ...figure.layout }, CONFIG);
  }

  /** Cells as a spreadsheet takes them; a text that would run as a formula stays text. @param {Table} table */
  function csv(table) {
    const cell = (value) => {
      let text = value === null || value === undefined ? "" : String(value);
      if (typeof value === "string" && /^[=+\-@\t\r]/.test(text)) text = "'" + text;
      return /[",\r\n]/.test(text) ? '"' + text.replaceAll('"', '""') + '"' : text;
    };
    return [table.columns, ...table.rows].map((row) => row.map(cell).join(",")).join("\n") + "\n";
  }

  /** @param {string} name @param {string} text */
  function download(name, text) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }

  /** A table element; long tables show their first rows and say so. @param {Table} table */
  function tableOf(table, most = 400) {
    const element = document.createElement("table");
    const head = element.createTHead().insertRow();
    for (const name of table.columns) head.append(Object.assign(document.createElement("th"), { textContent: name, scope: "col" }));
    const body = element.createTBody();
    for (const row of table.rows.slice(0, most)) {
      const line = body.insertRow();
      for (const value of row) {
        const cell = line.insertCell();
        cell.textContent = typeof value === "number" ? figure(value) : value === null ? "" : value === true ? "yes" : value === false ? "no" : value;
        if (typeof value === "number") cell.className = "num";
      }
    }
    if (table.rows.length > most) {
      const cell = body.insertRow().insertCell();
      cell.colSpan = table.columns.length;
      cell.textContent = `${(table.rows.length - most).toLocaleString("en")} more rows are in the CSV.`;
    }
    return element;
  }

  /** @param {number} value */
  function figure(value) {
    if (value === 0 || (Math.abs(value) >= 1e-3 && Math.abs(value) < 1e15)) return value.toLocaleString("en", { maximumSignificantDigits: 5 });
    return value.toExponential(2);
  }

  /** One bus of one node, hour by hour, at the detail its window asks for. */
  class Dispatch {
    /** @param {HTMLElement} box @param {(window: [number, number]) => void} moved */
    constructor(box, moved) {
      this.box = box;
      this.moved = moved;
      this.turn = 0;
      /** @type {Map<Sent, Promise<Float64Array[]>>} */
      this.decoded = new Map();
    }

    /** @param {Sheet} sheet @param {string} start "YYYY-MM" @param {[number, number]} [window] first and last hour */
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

    /** @param {Sent} sent */
    async rows(sent) {
      if (!this.decoded.has(sent)) this.decoded.set(sent, decode(sent));
      return this.decoded.get(sent);
    }

    at(hour) {
      return this.sheet.dated ? new Date(this.start + hour * 3.6e6).toISOString().slice(0, 19) : hour;
    }

    async redraw() {
      const turn = ++this.turn, sent = this.level();
      const rows = await this.rows(sent);
      if (turn !== this.turn) return;
      const traces = this.traces(sent, rows);
      const axis = { range: [this.at(this.window[0]), this.at(this.window[1])], type: this.sheet.dated ? "date" : "linear", showgrid: false, zeroline: false, tickfont: { size: 11 } };
      if (!this.sheet.dated) axis.title = { text: "representative hour", standoff: 4, font: { size: 11 } };
      const layout = {
        ...BASE, height: 400, margin: { l: 56, r: 8, t: 10, b: 34 }, hovermode: "x unified", dragmode: "zoom", xaxis: axis,
        hoverlabel: { bgcolor: "rgba(255,255,255,.96)", bordercolor: "#d9d6cd", font: FONT },
        yaxis: { title: { text: this.sheet.unit, font: { size: 11 } }, fixedrange: true, gridcolor: "#eceae3", zerolinecolor: "#1f2a30", zerolinewidth: 1, tickfont: { size: 11 } },
        legend: { orientation: "h", y: this.sheet.dated ? -0.12 : -0.2, font: { size: 12 }, traceorder: "normal" }, showlegend: true,
      };
      await Plotly.react(this.box, traces, layout, CONFIG);
      this.box.dataset.step = String(sent.step);
      this.box.dataset.points = String(traces.reduce((sum, trace) => sum + trace.x.length, 0));
      this.listen();
    }

    /** The slots of a level that lie in the window, and `more` beside it. @param {Sent} sent */
    span(sent, more) {
      const start = (sent.first ?? 0) / sent.step;
      const first = Math.max(0, Math.floor(this.window[0] / sent.step - start) - more);
      return { start, first, last: Math.min(sent.slots, Math.ceil(this.window[1] / sent.step - start) + more) };
    }

    traces(sent, rows) {
      const step = sent.step, { start, first, last } = this.span(sent, 1);
      const x = Array.from({ length: last - first }, (_, slot) => this.at((start + first + slot + 0.5) * step));
      const told = [];
      const area = (item, values, stack, named) => ({
        type: "scatter", mode: "lines", x, y: values, name: item, stackgroup: stack, line: { width: 0 }, fillcolor: this.sheet.colours[item] ?? "#b9b2a6",
        legendgroup: item, showlegend: named, hovertemplate: "%{y:.3s}",
      });
      sent.items.forEach((item, row) => {
        const values = Array.from(rows[row].subarray(first, last)), least = Math.min(...values), most = Math.max(...values);
        if (most > 0) told.push(area(item, values.map((value) => Math.max(value, 0)), "in", true));
        if (least < 0) told.push(area(item, values.map((value) => Math.min(value, 0)), "out", most <= 0));
      });
      if (step > 1) {
        const line = (row, name) => ({ type: "scatter", mode: "lines", x, y: Array.from(rows[row].subarray(first, last)), name, line: { width: 1, color: "#1f2a30", dash: "dot" }, hovertemplate: "%{y:.3s}" });
        told.push(line(sent.items.length + 1, "highest hour"), line(sent.items.length, "lowest hour"));
      }
      return told;
    }

    listen() {
      if (this.listening) return;
      this.listening = true;
      this.box.on("plotly_relayout", (change) => {
        const from = change["xaxis.range[0]"], to = change["xaxis.range[1]"];
        if (from !== undefined) this.zoom(this.hourOf(from), this.hourOf(to));
        else if (change["xaxis.autorange"]) this.zoom(0, this.hours);
      });
    }

    hourOf(value) {
      return this.sheet.dated ? (Date.parse(String(value).trim().replace(" ", "T") + (String(value).length > 10 ? "Z" : "")) - this.start) / 3.6e6 : +value;
    }

    /** Look at the hours from `first` to `last`. @param {number} first @param {number} last */
    zoom(first, last) {
      const wide = Math.max(6, Math.min(this.hours, last - first));
      const from = Math.max(0, Math.min(this.hours - wide, first));
      this.window = [from, from + wide];
      this.moved(this.window);
      return this.redraw();
    }

    /** The window as a table. @returns {Promise<Table>} */
    async table() {
      const sent = this.level(), step = sent.step, rows = await this.rows(sent), { start, first, last } = this.span(sent, 0);
      const lines = [];
      for (let slot = first; slot < last; slot++) lines.push([this.at((start + slot) * step), ...rows.map((row) => +row[slot].toPrecision(5))]);
      return { columns: [`from (${step} h mean)`, ...sent.items.map((item) => `${item} [${this.sheet.unit}]`), "lowest supply", "highest supply"], rows: lines };
    }
  }

  return { inflate, decode, draw, csv, download, tableOf, figure, Dispatch, WEEK };
})();
globalThis.Headrace = Headrace;

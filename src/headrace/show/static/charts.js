// @ts-check
// Draws what Python described. The same file serves the single-file report and the app; it never asks the network for anything.
"use strict";

/** @typedef {{columns: string[], rows: (string|number|boolean|null)[][]}} Table */
/** @typedef {{step: number, slots: number, items: string[], scale: number[], data: string, first?: number}} Sent */
/** @typedef {{node: number, site: string, name: string, unit: string, dated: boolean, colours: Record<string, string>,
 *             weeks: {why: string, first: number, hours: Sent|null}[], levels: Record<string, Sent>}} Sheet */

const Headrace = (() => {
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

  /** Put a picture that Python drew in its place. @param {HTMLElement} box @param {string} svg */
  function draw(box, svg) {
    const found = new DOMParser().parseFromString(svg, "text/html").querySelector("svg");
    box.replaceChildren(...(found ? [document.importNode(found, true)] : []));
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

  return { inflate, decode, draw, csv, download, tableOf, figure, DAY, WEEK, LONG, SHORT };
})();
globalThis.Headrace = Headrace;

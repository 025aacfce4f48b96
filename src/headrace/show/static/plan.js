// @ts-check
// The page of a plan, in the report and in the app: one state (node, view, bus, window, family), kept in the address, drawn by charts.js.
"use strict";

/** @typedef {{sankey: object[], dispatch: Sheet[]}} Detail what is drawn of one node */

/**
 * Bring the page to life. `detail` gives what is drawn of a node: the report carries it, the app asks for it.
 * @param {object} data @param {(node: number) => Promise<Detail>} detail
 */
Headrace.planPage = async (data, detail) => {
  const $ = (selector) => document.querySelector(selector), $$ = (selector) => [...document.querySelectorAll(selector)];
  const wanted = new URLSearchParams(location.search);
  const ids = data.nodes.map((node) => node.id);
  const state = {
    node: ids.includes(+wanted.get("node")) && wanted.has("node") ? +wanted.get("node") : data.first,
    view: wanted.get("view") ?? "chain", bus: wanted.get("bus"), family: wanted.get("family") ?? "0",
    from: wanted.has("from") ? +wanted.get("from") : null, to: wanted.has("to") ? +wanted.get("to") : null,
  };

  /** Keep the view in the address; a section link keeps its own place behind the #. @param {boolean} step whether Back returns to what was there */
  function remember(step = true) {
    const told = new URLSearchParams();
    for (const [name, value] of Object.entries(state)) if (value !== null) told.set(name, typeof value === "number" ? String(Math.round(value)) : value);
    const address = `${location.pathname}?${told}${location.hash}`;
    if (`?${told}` === location.search) return;
    if (step) history.pushState({ ...state }, "", address); else history.replaceState({ ...state }, "", address);
  }

  // Electrons to money
  /** @type {Detail} */
  let shown = { sankey: [], dispatch: [] };
  const sankeyOf = () => shown.sankey;
  const shownView = () => sankeyOf().find((chart) => chart.key === state.view) ?? sankeyOf()[0];
  async function drawSankey() {
    const chart = shownView();
    $("#sankey-none").hidden = Boolean(chart);
    $("#sankey").hidden = !chart;
    for (const button of $$("[data-view]")) {
      button.hidden = !sankeyOf().some((other) => other.key === button.dataset.view);
      button.setAttribute("aria-pressed", String(chart?.key === button.dataset.view));
    }
    if (!chart) return;
    $("#sankey-about").textContent = chart.about;
    Headrace.draw($("#sankey"), chart.svg);
  }

  // Hour by hour
  const sheets = () => shown.dispatch;
  const shownSheet = () => sheets().find((sheet) => sheet.name === state.bus) ?? sheets()[0];
  const dispatch = new Headrace.Dispatch($("#dispatch"), (window) => { [state.from, state.to] = window; remember(); });
  async function drawDispatch() {
    const sheet = shownSheet();
    $("#dispatch-none").hidden = Boolean(sheet);
    for (const part of ["#dispatch", "#dispatch-tools"]) $(part).hidden = !sheet;
    if (!sheet) return;
    const choice = $("#bus");
    choice.replaceChildren(...sheets().map((other) => new Option(other.name, other.name, false, other === sheet)));
    const weeks = sheet.weeks.map((week) => Object.assign(document.createElement("button"), { type: "button", textContent: week.why, onclick: () => dispatch.zoom(week.first, week.first + Headrace.WEEK) }));
    $("#weeks").replaceChildren(...weeks);
    const start = data.nodes.find((node) => node.id === state.node).start;
    await dispatch.show(sheet, start, state.from !== null && state.to > state.from ? [state.from, state.to] : undefined);
  }

  // The tree and the node that everything else follows
  async function choose(node, step = true) {
    state.node = node;
    remember(step);
    for (const group of $$(".node")) group.setAttribute("aria-pressed", String(+group.dataset.node === node));
    for (const card of $$("[data-card]")) card.hidden = +card.dataset.card !== node;
    for (const words of $$(".branch")) words.textContent = data.nodes.find((other) => other.id === node).path;
    $("#node").value = String(node);
    const found = await detail(node);
    if (state.node !== node) return;
    shown = found;
    await drawSankey();
    await drawDispatch();
  }
  for (const group of $$(".node")) {
    group.addEventListener("click", () => choose(+group.dataset.node));
    group.addEventListener("keydown", (event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); choose(+group.dataset.node); } });
  }
  function showFamily(family) {
    state.family = $(`[data-river="${CSS.escape(family)}"]`) ? family : "0";
    for (const box of $$("[data-river]")) box.hidden = box.dataset.river !== state.family;
    for (const button of $$("[data-family]")) button.setAttribute("aria-pressed", String(button.dataset.family === state.family));
  }

  // Table and CSV of every picture
  const tables = { ...data.tables, sankey: () => shownView()?.table, dispatch: () => dispatch.table(), costs: () => data.costsTable };
  const tableNamed = async (name) => (typeof tables[name] === "function" ? tables[name]() : tables[name]);
  for (const button of $$("[data-table]")) button.addEventListener("click", async () => {
    const box = $(`#table-${button.dataset.table}`);
    box.hidden = !box.hidden;
    button.setAttribute("aria-expanded", String(!box.hidden));
    if (!box.hidden) box.replaceChildren(Headrace.tableOf(await tableNamed(button.dataset.table)));
  });
  for (const button of $$("[data-csv]")) button.addEventListener("click", async () => {
    const name = button.dataset.csv, where = name === "sankey" || name === "dispatch" ? `-node${state.node}` : "";
    Headrace.download(`${data.study}-${name}${where}.csv`, Headrace.csv(await tableNamed(name)));
  });

  $("#node").addEventListener("change", (event) => choose(+event.target.value));
  for (const button of $$("[data-view]")) button.addEventListener("click", () => { state.view = button.dataset.view; remember(); drawSankey(); });
  for (const button of $$("[data-family]")) button.addEventListener("click", () => { showFamily(button.dataset.family); remember(); });
  $("#bus").addEventListener("change", (event) => { state.bus = event.target.value; remember(); drawDispatch(); });
  $("#year").addEventListener("click", () => dispatch.zoom(0, dispatch.hours));
  $("#earlier").addEventListener("click", () => dispatch.zoom(2 * dispatch.window[0] - dispatch.window[1], dispatch.window[0]));
  $("#later").addEventListener("click", () => dispatch.zoom(dispatch.window[1], 2 * dispatch.window[1] - dispatch.window[0]));
  $("#find")?.addEventListener("input", (event) => {
    const word = event.target.value.toLowerCase();
    for (const row of $$(".sources tbody tr")) row.hidden = !row.textContent.toLowerCase().includes(word);
  });

  addEventListener("popstate", async (event) => {
    if (!event.state) return;
    Object.assign(state, event.state);
    showFamily(state.family);
    await choose(state.node, false);
  });
  showFamily(state.family);
  await choose(state.node, false);
  document.documentElement.dataset.ready = "yes";
};

/** Say that the page cannot follow; its pictures stay as they are. @param {Error} error */
Headrace.planFailed = (error) => {
  document.documentElement.dataset.ready = "failed";
  console.error(error);
};

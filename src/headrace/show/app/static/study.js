// @ts-check
// The study page: text with line numbers, what is wrong at which line, and a solution as it goes.
"use strict";

(() => {
  const $ = (/** @type {string} */ selector) => document.querySelector(selector);
  const text = $("#text"), lines = $("#lines");
  let run = document.body.dataset.run ?? "";
  /** @type {Map<number, string>} */
  let marked = new Map();

  function number() {
    const count = text.value.split("\n").length;
    const rows = Array.from({ length: count }, (_, place) => {
      const row = Object.assign(document.createElement("span"), { textContent: String(place + 1), className: marked.has(place + 1) ? "bad" : "" });
      row.title = marked.get(place + 1) ?? "";
      return row;
    });
    lines.replaceChildren(...rows);
    lines.scrollTop = text.scrollTop;
  }

  function goTo(/** @type {number} */ line, /** @type {number} */ column) {
    const before = text.value.split("\n").slice(0, line - 1).reduce((sum, row) => sum + row.length + 1, 0) + Math.max(0, column - 1);
    text.focus();
    text.setSelectionRange(before, before);
    look(line);
  }

  function look(/** @type {number} */ line) {
    text.scrollTop = Math.max(0, (line - 6) * parseFloat(getComputedStyle(text).lineHeight));
  }

  function say(/** @type {string} */ words, kind = "") {
    $("#said").textContent = words;
    $("#said").className = `said ${kind}`;
  }

  function problem(/** @type {{line: number, column: number, key: string, found: string, expected: string, fix: string}} */ told) {
    const item = document.createElement("li");
    const where = Object.assign(document.createElement("button"), { type: "button", textContent: told.line ? `line ${told.line}` : "study" });
    where.addEventListener("click", () => goTo(told.line || 1, told.column));
    const key = Object.assign(document.createElement("code"), { textContent: told.key });
    const words = document.createElement("span");
    words.textContent = `${told.found}${told.expected ? `; expected ${told.expected}` : ""}${/[.?!]$/.test(told.expected || told.found) ? "" : "."} ${told.fix}`;
    item.append(where, " ", key, key.textContent ? ": " : "", words);
    return item;
  }

  /** Show what was refused: problems at their lines, or one sentence. */
  function refused(answer) {
    const problems = answer.told.problems ?? [];
    marked = new Map(problems.map((told) => [told.line, told.found]));
    $("#problems").replaceChildren(...problems.map(problem));
    const token = answer.status === 403;
    if (token) $("#token-box").hidden = false;
    say(problems.length ? `${problems.length} ${problems.length === 1 ? "problem" : "problems"}` : answer.told.message, "bad");
    number();
    if (problems[0]?.line) look(problems[0].line);
  }

  function cleared() {
    marked = new Map();
    $("#problems").replaceChildren();
    number();
  }

  async function ask(button, words, address, done) {
    button.disabled = true;
    say(words);
    try {
      const answer = await Token.post(address, { study: text.value });
      if (answer.ok && answer.told.ok !== false) { cleared(); done(answer.told); } else refused(answer);
    } catch {
      say("The app does not answer; it may have been ended.", "bad");
    }
    button.disabled = false;
  }

  // A solution as it goes
  const points = [];
  function bounds(told) {
    const known = points.filter((point) => point.lower_usd !== undefined && point.lower_usd !== null);
    $("#bounds").hidden = known.length < 2;
    if (known.length < 2) return;
    const lows = known.map((point) => point.lower_usd), highs = known.map((point) => point.upper_usd ?? point.lower_usd);
    const first = known[0].seconds, last = known.at(-1).seconds, low = Math.min(...lows), high = Math.max(...highs);
    const x = (seconds) => 6 + 388 * (seconds - first) / (last - first || 1), y = (usd) => 150 - 130 * (usd - low) / (high - low || 1);
    const steps = (values) => values.map((usd, place) => `${place ? `H${x(known[place].seconds).toFixed(1)}V` : `M${x(first)} `}${y(usd).toFixed(1)}`).join("");
    const said = `at most ${told.cells[4]}, kept at least ${told.cells[3]}`;
    Headrace.draw($("#bounds"), `<svg viewBox="0 0 400 175" class="figure" role="img" aria-label="Bounds of the plan's worth: ${said}">
      <path d="${steps(highs)}" fill="none" stroke="#7d8a91" stroke-width="1.8"/><path d="${steps(lows)}" fill="none" stroke="#0b8ab5" stroke-width="1.8"/>
      <text x="6" y="12" class="tick">${said}</text><text x="6" y="170" class="tick">${Math.round(first)} s</text><text x="394" y="170" text-anchor="end" class="tick">${Math.round(last)} s</text></svg>`);
  }

  function step(told) {
    points.push(told);
    const row = document.createElement("tr");
    const [time, stage, words, low, high, gap, kept] = told.cells;
    const interval = low && high && low !== high ? `${low} to ${high}` : low || high;
    for (const cell of [time, stage, words || kept]) row.append(Object.assign(document.createElement("td"), { textContent: cell }));
    const found = [interval && `worth ${interval}`, gap && `gap ${gap}`].filter(Boolean).join(", ");
    if (found) row.lastElementChild.append(Object.assign(document.createElement("small"), { textContent: found }));
    row.title = kept ? `kept if stopped now: ${kept}` : "";
    const last = $("#steps").firstElementChild;
    if (last && last.dataset.stage === stage && words === "bounds" && last.dataset.words === words) last.remove();
    Object.assign(row.dataset, { stage, words });
    $("#steps").prepend(row);
    $("#steps-box").hidden = false;
    bounds(told);
  }

  const ENDS = { planned: "Planned.", stopped: "Stopped early; the best plan so far is kept.", told: "", failed: "No plan." };
  function follow(/** @type {string} */ name) {
    run = name;
    points.length = 0;
    $("#steps").replaceChildren();
    history.replaceState(null, "", `/study?run=${name}`);
    for (const [button, hidden] of [["#solve", true], ["#cancel", false]]) $(button).hidden = hidden;
    $("#cancel").disabled = false;
    say(`Solving ${name} ...`);
    const source = new EventSource(`/runs/${name}/events`);
    source.addEventListener("step", (event) => step(JSON.parse(event.data)));
    source.addEventListener("end", (event) => {
      source.close();
      ended(name, JSON.parse(event.data));
    });
  }

  function ended(name, told) {
    $("#solve").hidden = false;
    $("#cancel").hidden = true;
    say(told.words || ENDS[told.state], told.state === "failed" ? "bad" : "good");
    if (told.state === "failed") return;
    const link = Object.assign(document.createElement("a"), { href: `/runs/${name}`, textContent: "See the plan" });
    $("#said").append(" ", link);
  }

  // What is typed is kept in this browser at each key, by the address it was typed at, until it is solved
  const kept = `headrace draft ${location.pathname}${location.search}`;
  text.addEventListener("input", () => { number(); localStorage.setItem(kept, text.value); });
  const draft = localStorage.getItem(kept);
  if (draft !== null && draft !== text.value) {
    const back = Object.assign(document.createElement("button"), { type: "button", textContent: "Bring it back" });
    back.addEventListener("click", () => { text.value = draft; say(""); number(); });
    say("A draft of yours is kept. ");
    $("#said").append(back);
  }
  text.addEventListener("scroll", () => { lines.scrollTop = text.scrollTop; });
  text.addEventListener("keydown", (event) => {
    if (event.key !== "s" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    $("#check").click();
  });
  $("#check").addEventListener("click", () => ask($("#check"), "Checking ...", "/api/check", (told) => say(`Good: ${told.study} can be planned.`, "good")));
  $("#solve").addEventListener("click", () => ask($("#solve"), "Checking ...", "/api/solve", (told) => { localStorage.removeItem(kept); follow(told.run); }));
  $("#cancel").addEventListener("click", async () => {
    $("#cancel").disabled = true;
    const answer = await Token.post(`/api/runs/${run}/cancel`);
    if (answer.ok) say("Stopping; the best plan so far is being saved ...");
    else { refused(answer); $("#cancel").disabled = false; }
  });
  $("#example").addEventListener("change", (event) => { if (event.target.value) location.href = `/study?example=${encodeURIComponent(event.target.value)}`; });
  $("#token").addEventListener("change", (event) => { Token.set(event.target.value); $("#token-box").hidden = true; say(""); });
  $("#token-box").hidden = Boolean(Token.get());
  number();
  for (const button of ["#check", "#solve"]) $(button).disabled = false;  // until now a click would have been lost
  if (run) follow(run);
  document.documentElement.dataset.ready = "yes";
})();

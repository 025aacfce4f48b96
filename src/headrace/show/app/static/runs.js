// @ts-check
// The list of runs: what is being solved moves by itself, whoever started it; two ticked runs are compared; a run gets a name.
"use strict";

(() => {
  const EVERY = 700;  // ms between two looks: a run in a terminal moves here within a second
  const $ = (/** @type {string} */ selector) => document.querySelector(selector), $$ = (selector) => [...document.querySelectorAll(selector)];
  const say = (/** @type {string} */ words) => { if ($("#said")) $("#said").textContent = words; };
  const LABELS = { solving: "being solved", stopping: "stopping" };

  async function look() {
    if (document.hidden || $("dialog[open]")) return;
    const answer = await fetch("/api/runs.json");
    if (!answer.ok) return;
    const told = await answer.json(), rows = new Map($$("tr[data-run]").map((row) => [row.dataset.run, row]));
    let stale = told.length !== rows.size;
    for (const run of told) {
      const row = rows.get(run.run);
      if (!row) { stale = true; continue; }
      const going = run.state in LABELS, was = row.dataset.state in LABELS;
      stale ||= going !== was || (!going && row.dataset.changed !== run.changed);
      if (!going) continue;
      const label = row.querySelector(".state");
      label.hidden = false;
      label.textContent = LABELS[run.state];
      row.querySelector(".first").textContent = `${run.words} `;
    }
    if (stale && !$$("input[name=run]:checked").length) location.reload();
  }
  const again = () => look().catch(() => say("The app does not answer; it may have been ended.")).finally(() => setTimeout(again, EVERY));
  again();

  function ticked() {
    const many = $$("input[name=run]:checked").length;
    if ($("#compare")) $("#compare").disabled = many !== 2;
    say(many === 1 ? "Tick one more." : many > 2 ? "Tick two." : "");
  }
  for (const box of $$("input[name=run]")) box.addEventListener("change", ticked);
  ticked();
  $("#compare")?.addEventListener("click", () => {
    const names = $$("input[name=run]:checked").map((box) => `run=${box.value}`).reverse();  // the older first
    location.href = `/compare?${names.join("&")}`;
  });

  for (const button of $$("[data-resume]")) button.addEventListener("click", async () => {
    button.disabled = true;
    const answer = await Token.post(`/api/runs/${button.dataset.resume}/resume`);
    if (answer.ok) location.href = `/study?run=${button.dataset.resume}`;
    else { say(answer.told.message); button.disabled = false; }
  });

  for (const button of $$("[data-name]")) button.addEventListener("click", () => {
    const box = document.createElement("dialog"), form = Object.assign(document.createElement("form"), { method: "dialog" });
    const field = (/** @type {string} */ label, /** @type {string} */ element, /** @type {string} */ value, most) => {
      const input = Object.assign(document.createElement(element), { value, maxLength: most });
      const told = Object.assign(document.createElement("label"), { textContent: label });
      told.append(input);
      form.append(told);
      return input;
    };
    const name = field("Name", "input", button.dataset.own, 120), note = field("Note", "textarea", button.dataset.note, 2000);
    const keep = Object.assign(document.createElement("button"), { type: "submit", textContent: "Keep", className: "main" });
    const leave = Object.assign(document.createElement("button"), { type: "button", textContent: "Leave" });
    leave.addEventListener("click", () => box.close());
    form.append(keep, leave);
    form.addEventListener("submit", async () => {
      const answer = await Token.post(`/api/runs/${button.dataset.name}/note`, { name: name.value, note: note.value });
      if (answer.ok) location.reload(); else say(answer.told.message);
    });
    box.append(form);
    box.addEventListener("close", () => box.remove());
    document.body.append(box);
    box.showModal();
  });
  document.documentElement.dataset.ready = "yes";
})();

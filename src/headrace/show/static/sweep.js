// @ts-check
// The page of a sweep: draws every chart it carries, and shows or saves the table of each.
"use strict";

(async () => {
  const packed = (id) => Headrace.inflate(document.getElementById(id).textContent);
  const text = new TextDecoder();
  const data = JSON.parse(text.decode(await packed("data")));
  const script = document.createElement("script");
  script.textContent = text.decode(await packed("plotly"));
  document.head.append(script);
  for (const chart of data.charts) {
    const picture = document.getElementById(`chart-${chart.key}`), box = document.getElementById(`table-${chart.key}`);
    box.append(Headrace.tableOf(chart.table));
    if (picture) await Headrace.draw(picture, chart.figure);
    for (const button of document.querySelectorAll(`[data-csv="${CSS.escape(chart.key)}"]`)) {
      button.addEventListener("click", () => Headrace.download(`${data.study}-${chart.key}.csv`, Headrace.csv(chart.table)));
    }
    for (const button of document.querySelectorAll(`[data-table="${CSS.escape(chart.key)}"]`)) {
      button.addEventListener("click", () => {
        box.hidden = !box.hidden;
        button.setAttribute("aria-expanded", String(!box.hidden));
      });
    }
  }
  document.documentElement.dataset.ready = "yes";
})().catch((error) => {
  document.documentElement.dataset.ready = "failed";
  console.error(error);
  for (const box of document.querySelectorAll(".picture:empty")) box.textContent = "This browser could not draw the picture; sweep.json in the run folder holds its numbers.";
});

// @ts-check
// A page that is a list of charts: draws every one it carries, and shows or saves the table of each.
"use strict";

Headrace.carried().then(async (data) => {
  for (const chart of data.charts) {
    const picture = document.getElementById(`chart-${chart.key}`), box = document.getElementById(`table-${chart.key}`);
    for (const button of document.querySelectorAll(`[data-csv="${CSS.escape(chart.key)}"]`)) {
      button.addEventListener("click", () => Headrace.download(`${data.study}-${chart.key}.csv`, Headrace.csv(chart.table)));
    }
    for (const button of document.querySelectorAll(`[data-table="${CSS.escape(chart.key)}"]`)) {
      button.addEventListener("click", () => {
        box.hidden = !box.hidden;
        button.setAttribute("aria-expanded", String(!box.hidden));
        if (!box.hidden) box.replaceChildren(Headrace.tableOf(chart.table));
      });
    }
    if (picture) await Headrace.draw(picture, chart.figure);
  }
  document.documentElement.dataset.ready = "yes";
}).catch((error) => {
  document.documentElement.dataset.ready = "failed";
  console.error(error);
  for (const box of document.querySelectorAll(".picture:empty")) box.textContent = "This browser could not draw the picture; its table and CSV hold the numbers.";
});

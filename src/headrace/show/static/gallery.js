// @ts-check
// A page that is a list of charts: shows or saves the table of each; the pictures stand in the page.
"use strict";

Headrace.carried().then(async (data) => {
  for (const chart of data.charts) {
    const box = document.getElementById(`table-${chart.key}`);
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
  }
  document.documentElement.dataset.ready = "yes";
}).catch((error) => {
  document.documentElement.dataset.ready = "failed";
  console.error(error);
});

// @ts-check
// The catalogue: find in it, take it along.
"use strict";

document.querySelector("#find")?.addEventListener("input", (event) => {
  const word = event.target.value.toLowerCase();
  for (const row of document.querySelectorAll(".sources tbody tr")) row.hidden = !row.textContent.toLowerCase().includes(word);
});
document.querySelector("[data-csv='sources']")?.addEventListener("click", async () => {
  const table = await (await fetch("/api/catalogue.json")).json();
  Headrace.download("headrace-sources.csv", Headrace.csv(table));
});
document.documentElement.dataset.ready = "yes";

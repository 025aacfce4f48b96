// @ts-check
// Sliders of a library of plans: what stands under the hand is shown at once, and asked when it is let go.
"use strict";

(() => {
  const $ = (/** @type {string} */ selector) => document.querySelector(selector), $$ = (selector) => [...document.querySelectorAll(selector)];
  const sliders = $$(".sliders input"), name = document.body.dataset.run;
  let asked = 0;

  async function ask() {
    const mine = ++asked, points = new URLSearchParams(sliders.map((one) => [one.name, one.value]));
    const answer = await fetch(`/api/libraries/${name}/answer.json?${points}`);
    const told = await answer.json();
    if (mine !== asked) return;  // another slider was moved since
    if (!answer.ok) { $("#difference").textContent = told.message; return; }
    ["A", "B"].forEach((point, place) => {
      $(`#answer-${point}`).textContent = told.words[place];
      $(`#orders-${point}`).textContent = told.orders[place];
      $(`#why-${point}`).textContent = told.why[place];
    });
    $("#difference").textContent = told.difference_words;
    $("#spent").textContent = told.spent;
    $("#asked").textContent = told.asked;
  }

  for (const one of sliders) {
    one.addEventListener("input", () => {
      one.nextElementSibling.textContent = `${Number(Number(one.value).toPrecision(4))} ${one.dataset.unit}`.trim();
    });
    one.addEventListener("change", () => ask().catch(() => { $("#difference").textContent = "The app does not answer; it may have been ended."; }));
  }
  document.documentElement.dataset.ready = "yes";
})();

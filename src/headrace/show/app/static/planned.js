// @ts-check
// A plan in the app: the page of the report, which asks for what it draws instead of carrying it.
"use strict";

(async () => {
  const address = `/runs/${document.body.dataset.run}`;
  const ask = async (/** @type {string} */ name) => {
    const answer = await fetch(`${address}/${name}`);
    if (!answer.ok) throw new Error((await answer.json()).message);
    return answer.json();
  };
  const kept = new Map();
  const detail = (/** @type {number} */ node) => {
    if (!kept.has(node)) kept.set(node, ask(`nodes/${node}.json`));
    return kept.get(node);
  };
  await Headrace.planPage(await ask("sheet.json"), detail);
})().catch(Headrace.planFailed);

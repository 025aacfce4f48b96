// @ts-check
// The report of a plan: the page carries all that it draws, so no node is asked for.
"use strict";

Headrace.carried().then((data) => {
  const detail = async (/** @type {number} */ node) => ({ sankey: data.sankey[node] ?? [], dispatch: data.dispatch.filter((sheet) => sheet.node === node) });
  return Headrace.planPage(data, detail);
}).catch(Headrace.planFailed);

// @ts-check
// The single-file report: everything is carried inside it, deflated; then the page of the plan takes over.
"use strict";

(async () => {
  const packed = (id) => Headrace.inflate(document.getElementById(id).textContent);
  const text = new TextDecoder();
  const data = JSON.parse(text.decode(await packed("data")));
  const script = document.createElement("script");
  script.textContent = text.decode(await packed("plotly"));
  document.head.append(script);
  await Headrace.planPage(data, async (node) => ({ sankey: data.sankey[node] ?? [], dispatch: data.dispatch.filter((sheet) => sheet.node === node) }));
})().catch(Headrace.planFailed);

// @ts-check
// What a single-file page carries: its data and plotly.js, deflated, so that it opens whole from any folder.
"use strict";

/** The data of the page, once plotly.js runs; the page's policy knows plotly.js by its digest. @returns {Promise<object>} */
Headrace.carried = async () => {
  const unpacked = async (id) => new TextDecoder().decode(await Headrace.inflate(document.getElementById(id).textContent));
  const data = JSON.parse(await unpacked("data"));
  const script = document.createElement("script");
  script.textContent = await unpacked("plotly");
  document.head.append(script);
  return data;
};

// @ts-check
// What a single-file page carries: its data, deflated, so that it opens whole from any folder.
"use strict";

/** The data of the page. @returns {Promise<object>} */
Headrace.carried = async () => JSON.parse(new TextDecoder().decode(await Headrace.inflate(document.getElementById("data").textContent)));

// @ts-check
// The token stands behind the # of the address that the terminal printed: keep it for this tab, take it out of the address.
"use strict";

const Token = (() => {
  const KEY = "headrace-token";
  const found = /^#token=([\w-]+)$/.exec(location.hash);
  if (found) {
    sessionStorage.setItem(KEY, found[1]);
    history.replaceState(null, "", location.pathname + location.search);
  }
  const get = () => sessionStorage.getItem(KEY) ?? "";
  const set = (/** @type {string} */ token) => sessionStorage.setItem(KEY, token.trim());

  /** Ask the app to do something; the answer and whether it was done. @param {string} address @param {object} [body] */
  async function post(address, body = {}) {
    const answer = await fetch(address, { method: "POST", headers: { "content-type": "application/json", "x-headrace-token": get() }, body: JSON.stringify(body) });
    return { ok: answer.ok, status: answer.status, told: await answer.json() };
  }
  return { get, set, post };
})();

// Search of the manual: one field in the bar, an index made by docs/find.py. Works from a folder; asks nothing outside.
"use strict";

(() => {
  const MOST = 20, root = new URL("..", document.currentScript.src);
  const bar = document.querySelector(".md-header__inner");
  if (!bar) return;
  const box = document.createElement("div"), field = document.createElement("input"), list = document.createElement("ol");
  Object.assign(field, { type: "search", placeholder: "find", id: "find" });
  field.setAttribute("aria-label", "Find in the manual");
  box.className = "find";
  list.hidden = true;
  box.append(field, list);
  bar.append(box);

  let wanted = null;
  const index = () => wanted ??= new Promise((done, fail) => {
    const script = document.createElement("script");
    script.src = new URL("assets/find-index.js", root).href;
    Object.assign(script, { onload: () => done(window.MANUAL), onerror: fail });
    document.head.append(script);
  });

  /** How well a section fits: every word must stand in it; in a heading it counts more. */
  function score([, title, heading, text], words) {
    let sum = 0;
    for (const word of words) {
      const [inTitle, inHeading, inText] = [title, heading, text].map((part) => part.toLowerCase().includes(word));
      if (!inTitle && !inHeading && !inText) return 0;
      sum += 3 * inTitle + 5 * inHeading + inText;
    }
    return sum;
  }

  async function look() {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    list.hidden = !words.length;
    if (!words.length) return;
    const found = (await index()).map((row) => [score(row, words), row]).filter(([much]) => much).sort((a, b) => b[0] - a[0]).slice(0, MOST);
    list.replaceChildren(...found.map(([, [address, title, heading, text]]) => {
      const item = document.createElement("li"), link = Object.assign(document.createElement("a"), { href: new URL(address, root).href, textContent: heading === title ? title : `${title}: ${heading}` });
      const at = Math.max(0, text.toLowerCase().indexOf(words[0]) - 40);
      item.append(link, Object.assign(document.createElement("small"), { textContent: text.slice(at, at + 120) }));
      return item;
    }));
    if (!found.length) list.append(Object.assign(document.createElement("li"), { textContent: "Nothing in the manual has all these words." }));
  }

  field.addEventListener("input", look);
  field.addEventListener("keydown", (event) => { if (event.key === "Escape") { field.value = ""; look(); } });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement?.tagName)) return;
    event.preventDefault();
    field.focus();
  });
})();

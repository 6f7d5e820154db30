/* Buttons that only make sense with scripts: pass on, copy, print. They stay hidden where the browser can't do it. */
"use strict";

(() => {
  const box = document.querySelector("[data-address]");
  if (!box) return;
  const { address, title } = box.dataset;
  const share = box.querySelector("[data-share]");
  const copy = box.querySelector("[data-copy]");
  const print = box.querySelector("[data-print]");

  if (navigator.share) {
    share.hidden = false;
    // Closing the sheet rejects the promise: nothing went wrong.
    share.addEventListener("click", () => navigator.share({ title, url: address }).catch(() => {}));
  }
  if (navigator.clipboard) {
    copy.hidden = false;
    copy.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(address);
        box.querySelector("[data-said]").textContent = copy.dataset.done;
        copy.textContent = copy.dataset.done;
      } catch {
        copy.hidden = true;
      }
    });
  }
  print.hidden = false;
  print.addEventListener("click", () => window.print());
})();

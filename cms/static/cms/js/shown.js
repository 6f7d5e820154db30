/* A secret leaves the screen after its time, also when the page is kept open, put aside or brought back by the back button. */
"use strict";

(() => {
  const shown = document.querySelector("[data-gone]");
  if (!shown) return;
  const leave = () => {
    shown.remove();
    location.replace(shown.dataset.gone);
  };
  setTimeout(leave, Number(shown.dataset.seconds) * 1000);
  addEventListener("pagehide", () => shown.remove());
  addEventListener("pageshow", (event) => {
    if (event.persisted) leave();
  });
})();

/* Suggestions under a search field: an ARIA combobox added to a form that works without it. */
"use strict";

(() => {
  const WAIT = 150;

  function element(tag, className, text) {
    const made = document.createElement(tag);
    made.className = className;
    if (text) made.textContent = text;
    return made;
  }

  function attach(form) {
    const input = form.querySelector("input[name=q]");
    if (!input || !form.dataset.suggest) return;
    const list = element("ul", "search__list");
    const said = element("p", "hidden-visually");
    let timer, request, active = -1, composing = false, asked = input.value.trim();

    list.id = input.id + "-list";
    list.hidden = true;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", form.querySelector("label").textContent);
    said.setAttribute("role", "status");
    input.parentElement.append(list, said);
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-controls", list.id);
    input.setAttribute("aria-expanded", "false");

    function close() {
      list.hidden = true;
      active = -1;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    }

    function point(index) {
      const options = list.children;
      active = (index + options.length) % options.length;
      for (let i = 0; i < options.length; i += 1) options[i].setAttribute("aria-selected", String(i === active));
      input.setAttribute("aria-activedescendant", options[active].id);
      options[active].scrollIntoView({ block: "nearest" });
    }

    function show(found) {
      close();
      list.replaceChildren(...found.slice(0, 8).map((row, index) => {
        const option = element("li", "search__option", row.label);
        option.id = list.id + "-" + index;
        option.dataset.url = row.url;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        if (row.detail) option.append(element("span", "search__detail", row.detail));
        return option;
      }));
      said.textContent = found.length ? list.children.length + " " + form.dataset.count : form.dataset.none;
      if (!found.length) return;
      list.hidden = false;
      input.setAttribute("aria-expanded", "true");
    }

    async function ask() {
      const words = input.value.trim();
      if (words === asked) return;
      asked = words;
      if (request) request.abort();
      if (!words) {
        close();
        return;
      }
      request = new AbortController();
      try {
        const answer = await fetch(form.dataset.suggest + encodeURIComponent(words), { signal: request.signal });
        if (!answer.ok) throw new Error(String(answer.status));
        const found = await answer.json();
        if (document.activeElement === input) show(Array.isArray(found) ? found : []);
      } catch (error) {
        // The field still searches; without suggestions there is nothing to tell.
        if (error.name !== "AbortError") close();
      }
    }

    function later() {
      clearTimeout(timer);
      timer = setTimeout(ask, WAIT);
    }

    function go(option) {
      const address = new URL(option.dataset.url, location.href);
      if (address.origin === location.origin) location.assign(address);
    }

    input.addEventListener("input", () => composing || later());
    input.addEventListener("compositionstart", () => { composing = true; });
    input.addEventListener("compositionend", () => { composing = false; later(); });
    input.addEventListener("blur", close);
    input.addEventListener("keydown", (event) => {
      if (event.isComposing || list.hidden) return;
      if (event.key === "ArrowDown") point(active + 1);
      else if (event.key === "ArrowUp") point(active < 0 ? list.children.length - 1 : active - 1);
      else if (event.key === "Escape") close();
      else if (event.key === "Enter" && active >= 0) go(list.children[active]);
      else return;
      event.preventDefault();
    });
    // Pressing keeps the focus in the field, so that the list isn't closed before the click arrives.
    list.addEventListener("pointerdown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) go(option);
    });
    form.addEventListener("submit", () => { clearTimeout(timer); close(); });
  }

  document.querySelectorAll("form[data-suggest]").forEach(attach);
})();

/* The admin's own script: which fields a provider has and what it calls them, copying by click, names for fields that
   look things up. Works without: every field is then shown. */
(function () {
  "use strict";
  const NAMES = ["host", "external_id", "api_key", "webhook_secret", "switch"];

  function row(name) {
    const field = document.getElementById("id_" + name);
    return field && (field.closest(".field-row, .form-row, [class*='field-" + name + "']") || field.parentElement);
  }

  function fit(choice) {
    const own = JSON.parse(choice.dataset.fields)[choice.value] || {};
    NAMES.forEach(function (name) {
      const line = row(name);
      if (!line) return;
      line.hidden = !(name in own);
      if (own[name] && own[name].label) describe(line, name, own[name]);
    });
  }

  function describe(line, name, told) {
    const field = document.getElementById("id_" + name);
    const label = line.querySelector("label[for=id_" + name + "]");
    const help = document.getElementById("id_" + name + "_told") || document.createElement("div");
    if (label) label.textContent = told.label;
    help.id = "id_" + name + "_told";
    help.className = "leading-relaxed mt-2 text-xs";
    help.textContent = told.help;
    field.setAttribute("aria-describedby", help.id);
    if (!help.isConnected) (field.closest(".grow") || field.parentElement).append(help);
  }

  function select(event) {
    const code = event.target.closest(".zrg-copy");
    if (!code) return;
    const range = document.createRange();
    range.selectNodeContents(code);
    const selection = window.getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
    if (navigator.clipboard) navigator.clipboard.writeText(code.textContent).then(function () {
      code.dataset.copied = "yes";
      setTimeout(function () { delete code.dataset.copied; }, 1500);
    }, function () { /* not allowed here: it is selected, Ctrl-C does it */ });
  }

  /* Select2 replaces a field by parts of its own, which nobody has named. */
  function name(field) {
    const label = field.labels[0];
    const standIn = field.nextElementSibling;
    if (!label || !standIn) return;
    label.id = label.id || field.id + "_label";
    standIn.querySelectorAll("[role=combobox], [role=textbox], [role=searchbox]").forEach(function (part) {
      part.setAttribute("aria-labelledby", (label.id + " " + (part.getAttribute("aria-labelledby") || "")).trim());
    });
  }

  document.addEventListener("DOMContentLoaded", function () {
    const choice = document.querySelector("#connection_form select[name=provider][data-fields]");
    if (choice) {
      fit(choice);
      choice.addEventListener("change", function () { fit(choice); });
    }
    document.addEventListener("click", select);
    // Asked for last, so after Django's own has put Select2 in place.
    if (window.django) window.django.jQuery(function () { document.querySelectorAll("select.admin-autocomplete").forEach(name); });
  });
})();

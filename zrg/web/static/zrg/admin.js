/* The admin's own script: which fields a provider has, and copying by click. Works without: every field is then shown. */
(function () {
  "use strict";
  const FIELDS = {
    emailbison: ["host", "external_id", "api_key", "webhook_secret"],
    ghl: ["external_id", "api_key", "webhook_secret"],
    smartlead: ["api_key", "webhook_secret"],
    instantly: ["api_key", "webhook_secret"],
    unipile: ["external_id"],
  };
  const EMAIL = ["emailbison", "smartlead", "instantly"];

  function row(name) {
    const field = document.getElementById("id_" + name);
    return field && (field.closest(".field-row, .form-row, [class*='field-" + name + "']") || field.parentElement);
  }

  function fit(choice) {
    const own = FIELDS[choice.value] || [];
    ["host", "external_id", "api_key", "webhook_secret", "switch"].forEach(function (name) {
      const shown = name === "switch" ? EMAIL.includes(choice.value) : own.includes(name);
      const line = row(name);
      if (line) line.hidden = !shown;
    });
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

  document.addEventListener("DOMContentLoaded", function () {
    const choice = document.querySelector("#connection_form select[name=provider]");
    if (choice) {
      fit(choice);
      choice.addEventListener("change", function () { fit(choice); });
    }
    document.addEventListener("click", select);
  });
})();

/* Passkeys need script: their buttons show when it runs, and what the browser refused is said beside them. */
(() => {
"use strict";

const refusals = {
  NotAllowedError: "It was cancelled, or there is no passkey of ZRG here.",
  InvalidStateError: "This passkey is among yours already.",
  NotSupportedError: "This device has no passkey that can do this.",
  SecurityError: "Passkeys work only at the address of ZRG itself, over https.",
};

for (const button of document.querySelectorAll("[data-passkey]")) button.hidden = false;
if (!window.PublicKeyCredential) tell("This browser knows no passkeys.");

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  tell(refusals[event.detail.exception?.name] || "That did not work. Try again, or take another way in.");
});

function tell(text) {
  const place = document.getElementById("passkey-said");
  if (place) place.textContent = text;
}
})();

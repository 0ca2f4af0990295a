/* A passkey that did not work says so: without this the button would seem dead. */
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const box = document.createElement("div");
  box.className = "toast is-danger";
  box.setAttribute("role", "alert");
  box.append(document.createElement("p"));
  box.firstChild.textContent = "Cancelled, or no passkey of this device fits. Try again, or go another way.";
  document.getElementById("toasts").replaceChildren(box);
  setTimeout(() => box.remove(), 8000);
});

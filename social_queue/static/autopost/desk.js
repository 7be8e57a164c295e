// What pages of the desk do in the browser. The site's Content-Security-Policy runs scripts from files only, so that
// nothing which somebody managed to write into a page is ever run.
document.addEventListener("submit", (event) => {
  const question = event.target.dataset.ask;
  if (question && !window.confirm(question)) event.preventDefault();
});
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy]");
  if (button) navigator.clipboard.writeText(document.getElementById(button.dataset.copy).innerText);
});

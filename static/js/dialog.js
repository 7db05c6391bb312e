// A link with data-dialog opens its page in the page's <dialog> instead of leaving this one.
export function openDialogs() {
  const dialog = document.getElementById("dialog");
  document.addEventListener("click", async (event) => {
    const link = event.target.closest("a[data-dialog]");
    if (link && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      const answer = await fetch(link.href, { headers: { "HX-Request": "true" } });
      if (!answer.ok) {
        location.assign(link.href);
        return;
      }
      dialog.innerHTML = await answer.text();
      dialog.showModal();
    }
    if (event.target.closest("dialog a[data-close]")) {
      event.preventDefault();
      dialog.close();
    }
  });
}

// A lane is one tab stop: arrow keys walk its cells, Home goes to its checkpoint, End to the newest.
export function walkCells() {
  document.addEventListener("keydown", (event) => {
    const cell = event.target.closest?.("[data-cells] .cell");
    if (!cell || event.ctrlKey || event.metaKey || event.altKey) return;
    const wanted = next(cell, event.key);
    if (!wanted) return;
    event.preventDefault();
    wanted.focus();
  });
}

function next(cell, key) {
  const lane = cell.closest("[data-cells]");
  const lanes = [...document.querySelectorAll("[data-cells]")];
  const beside = (step) => lanes[lanes.indexOf(lane) + step]?.querySelector('.cell:not([tabindex="-1"])');
  switch (key) {
    case "ArrowLeft": return cell.parentElement.previousElementSibling?.firstElementChild;
    case "ArrowRight": return cell.parentElement.nextElementSibling?.firstElementChild;
    case "ArrowUp": return beside(-1);
    case "ArrowDown": return beside(1);
    case "Home": return lane.querySelector('.cell:not([tabindex="-1"])');
    case "End": return lane.lastElementChild.firstElementChild;
    default: return undefined;
  }
}

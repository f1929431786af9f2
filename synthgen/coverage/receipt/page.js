"use strict";
// The receipt's page: fills in pictures, opens the details of a cell or a target, changes the
// measure of the heat maps. All text of the data goes through textContent, none becomes markup.
const data = JSON.parse(document.getElementById("data").textContent);
const MEASURES = ["objects", "frames", "worlds"];
const NAMES = ["objects", "frames", "independent scenes"];
const dialog = document.querySelector("dialog");
const body = dialog.querySelector(".body");
const grouped = new Intl.NumberFormat("en-US");

function make(name, text, kind) {
  const found = document.createElement(name);
  if (text !== undefined) found.textContent = text;
  if (kind) found.className = kind;
  return found;
}

function list(lines) {
  const found = make("ul");
  for (const line of lines) found.append(make("li", line));
  return found;
}

function rectangle(box, kind) {
  const found = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  const [, left, top, right, bottom] = box;
  const edges = { x: left, y: top, width: right - left, height: bottom - top };
  for (const [name, value] of Object.entries(edges)) found.setAttribute(name, value);
  found.setAttribute("class", kind);
  return found;
}

// An image with its boxes over it, in pixels of the full image; the chosen one stands out.
function shot(picture, chosen, said) {
  const found = make("span", undefined, "shot");
  const image = make("img");
  image.src = "data:image/jpeg;base64," + picture.jpeg;
  image.alt = said;
  image.width = picture.width;
  image.height = picture.height;
  const over = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  over.setAttribute("viewBox", `0 0 ${picture.width} ${picture.height}`);
  over.setAttribute("preserveAspectRatio", "none");
  over.setAttribute("aria-hidden", "true");
  picture.boxes.forEach((box, number) => {
    if (number !== chosen) over.append(rectangle(box, "other"));
  });
  const own = picture.boxes[chosen];
  if (own) over.append(rectangle(own, "case"), rectangle(own, "own"));
  found.append(image, over);
  return found;
}

function whole(example) {
  const picture = data.pictures[example[0]];
  return shot(picture, example[1], `${labelOf(example)} in ${picture.frame}`);
}

function labelOf(example) {
  const box = data.pictures[example[0]].boxes[example[1]];
  return box ? box[0] : "frame";
}

function figure(example) {
  const picture = data.pictures[example[0]];
  const found = make("figure");
  const both = make("div", undefined, example[2] < 0 ? "example whole" : "example");
  both.append(whole(example));
  if (example[2] >= 0) both.append(shot(data.crops[example[2]], 0, labelOf(example) + ", close view"));
  const caption = `${labelOf(example)} in ${picture.frame}, shard ${data.shards[picture.shard].name}`;
  found.append(both, make("figcaption", caption));
  return found;
}

function countsTable(cell) {
  const found = make("table", undefined, "plain");
  const head = make("tr");
  for (const name of ["", "before", "got", "after"]) head.append(make("th", name));
  found.append(head);
  for (const place of [2, 0, 1]) {
    const row = make("tr");
    row.append(make("th", NAMES[place]));
    for (const count of [cell.before[place], cell.got[place], cell.before[place] + cell.got[place]]) {
      row.append(make("td", grouped.format(count), "n"));
    }
    found.append(row);
  }
  return found;
}

function goalTable(goal) {
  const found = make("table", undefined, "plain");
  for (const name of ["wanted", "before", "asked", "got", "state"]) {
    const row = make("tr");
    const value = typeof goal[name] === "number" ? grouped.format(goal[name]) : goal[name];
    row.append(make("th", name), make("td", value, "n"));
    found.append(row);
  }
  return found;
}

function examplesOf(item) {
  if (!item.got || (Array.isArray(item.got) && !item.got[1])) return [make("p", "Nothing was made here.", "soft")];
  if (!item.examples.length) {
    return [make("p", "No picture is kept here: the page shows a bounded number of them.", "soft")];
  }
  return item.examples.map(figure);
}

function shardsOf(item) {
  if (!item.shards.length) return [];
  const found = make("details");
  const count = item.shards.length;
  found.append(make("summary", count === 1 ? "1 shard holds what was got" : `${count} shards hold what was got`));
  for (const number of item.shards) {
    const line = make("div");
    const shard = data.shards[number];
    line.append(make("code", `${shard.name}  sha256 ${shard.sha256}`));
    found.append(line);
  }
  return [make("h3", "Behind these numbers"), found];
}

function open(title, table, meanings, item) {
  const facts = make("div", undefined, "facts");
  const meaning = make("div");
  meaning.append(make("strong", "What counts"), list(meanings));
  facts.append(table, meaning);
  const proof = item.why ? [make("p", `Cannot be reached: ${item.why}`), make("p", item.proof, "soft")] : [];
  dialog.querySelector("h2").textContent = title;
  body.replaceChildren(facts, ...proof, make("h3", "Examples"), ...examplesOf(item), ...shardsOf(item));
  dialog.showModal();
  dialog.scrollTop = 0;
}

function openCell(cell) {
  const axes = data.crossings[cell.crossing];
  const words = axes.map((axis, place) => data.axes[axis][cell.values[place]]);
  open(words.map((word) => word.title).join(" · "), countsTable(cell), words.map((word) => word.meaning), cell);
}

function openGoal(goal) {
  open(goal.name, goalTable(goal), goal.conditions, goal);
}

function short(count) {
  if (count < 10000) return String(count);
  if (count < 999500) return Math.round(count / 1000) + "k";
  return count < 9950000 ? (count / 1e6).toFixed(1) + "M" : Math.round(count / 1e6) + "M";
}

function step(count) {
  return data.lows.filter((low) => low <= count).length - 1;
}

function recount(measure) {
  const place = MEASURES.indexOf(measure);
  for (const button of document.querySelectorAll("[data-cell]")) {
    const cell = data.cells[button.dataset.cell];
    const after = button.closest("table").dataset.side === "after";
    const got = cell.got[place];
    const count = cell.before[place] + (after ? got : 0);
    const grown = after && got > 0;
    button.replaceChildren(make("b", short(count)));
    if (grown) button.append(make("i", "+" + short(got)));
    button.parentElement.className = `h${step(count)}${grown ? " grown" : ""}`;
    const name = button.getAttribute("aria-label").split(": ")[0];
    const said = `${name}: ${grouped.format(count)} ${after ? "after" : "before"}`;
    button.setAttribute("aria-label", grown ? `${said}, ${grouped.format(got)} added` : said);
  }
}

// One stop of the Tab key in each map; the arrow keys walk within it.
function walk(event) {
  const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
  const move = steps[event.key];
  const cell = event.target.closest("td");
  if (!move || !cell) return;
  event.preventDefault();
  const row = event.currentTarget.rows[cell.parentElement.rowIndex + move[0]];
  const next = row && row.cells[cell.cellIndex + move[1]];
  const button = next && next.querySelector("button");
  if (!button) return;
  event.target.tabIndex = -1;
  button.tabIndex = 0;
  button.focus();
}

for (const map of document.querySelectorAll(".heat")) {
  const first = map.querySelector("button");
  if (first) first.tabIndex = 0;
  map.addEventListener("keydown", walk);
}
for (const place of document.querySelectorAll("[data-shot]")) {
  place.replaceChildren(whole(data.goals[place.dataset.shot].examples[0]));
}
document.addEventListener("click", (event) => {
  const cell = event.target.closest("[data-cell]");
  const goal = event.target.closest("[data-goal]");
  if (cell) openCell(data.cells[cell.dataset.cell]);
  if (goal) openGoal(data.goals[goal.dataset.goal]);
  if (event.target === dialog) dialog.close();
});
dialog.querySelector(".close").addEventListener("click", () => dialog.close());
// On paper nothing can be unfolded: the proofs are.
window.addEventListener("beforeprint", () => {
  for (const proof of document.querySelectorAll(".goals details")) proof.open = true;
});
for (const choice of document.querySelectorAll("input[name=measure]")) {
  choice.addEventListener("change", () => recount(choice.value));
}

// The text of the page, and how its changes look.

// The text is made part by part, where it is looked at and then where there is time: a book at once would keep the page from opening.
const spans = [], number = new Map(), parts = [];
for (const box of main.querySelectorAll('.part')) {
  const html = box.firstChild.textContent, first = parts.at(-1)?.end ?? 0;
  parts.push({ box, html, first, end: first + html.split('<span class="e').length - 1 });
}
function make(part) {
  if (part.html === null) return;
  part.box.innerHTML = part.html;
  part.html = null;
  part.box.querySelectorAll('.e').forEach((span, n) => {
    const i = part.first + n;
    spans[i] = span; number.set(span, i);
    span.classList.toggle('off', !shown[i]);
    if (decisions[i]) paint(i);
  });
}
function spanOf(i) {
  if (!spans[i]) make(parts.find(part => i < part.end));
  return spans[i];
}
const numberOf = span => number.get(span) ?? Number(span.dataset.n);

// In the column of what was, if there is one, the same change stands once more.
const both = i => {
  if (!spans[i]) return [];
  const was = sides && spans[i].closest('.para').querySelector(`.was [data-n="${i}"]`);
  return was ? [spans[i], was] : [spans[i]];
};
const label = i => spans[i].setAttribute('aria-label',
  `${name(edits[i].garbled)} becomes ${name(becomes(i))}, ${edits[i].channel}, ${percent(edits[i].confidence)}, ${status(i)}`);
function paint(i) {
  const d = decisions[i]?.d;
  for (const s of both(i)) {
    s.classList.toggle('acc', d === 'accept');
    s.classList.toggle('rej', d === 'reject');
    s.lastChild.textContent = becomes(i);
  }
  if (spans[i]?.role) label(i);
}
// A change is a button from when it may be looked at.
function dress(i) {
  const span = spanOf(i);
  if (span.role) return;
  span.role = 'button'; span.tabIndex = i === current ? 0 : -1;
  label(i);
}

// What is looked at is made, its changes become buttons, and the column of what was is added to it.
let sides = false;
const watch = new IntersectionObserver(seen => {
  for (const { isIntersecting, target } of seen) if (isIntersecting) look(parts[target.dataset.n]);
}, { rootMargin: '800px' });
function look(part) {
  make(part);
  for (let i = part.first; i < part.end; i++) dress(i);
  if (sides) for (const para of part.box.querySelectorAll('.para')) {
    const was = para.firstChild.cloneNode(true), own = para.firstChild.querySelectorAll('.e');
    was.className = 'was'; was.ariaHidden = 'true';
    was.querySelectorAll('.e').forEach((s, n) => {
      for (const name of ['tabindex', 'role', 'aria-label']) s.removeAttribute(name);
      s.classList.remove('cur');
      s.dataset.n = number.get(own[n]);
    });
    para.prepend(was);
  }
  watch.unobserve(part.box);
}
function watchAll() {
  watch.disconnect();
  parts.forEach((part, n) => { part.box.dataset.n = n; watch.observe(part.box) });
}
function view() {
  sides = document.body.classList.toggle('sides');
  $('view').ariaPressed = String(sides);
  // What was made before has missed what was filtered and decided since.
  for (const was of main.querySelectorAll('.was')) was.remove();
  watchAll();
  if (current >= 0) spans[current].scrollIntoView({ block: 'center' });
}
// The rest a few milliseconds at a time, behind the first frame and between what a person does.
const idle = window.requestIdleCallback ?? (work => setTimeout(work, 30));
function makeRest() {
  const until = performance.now() + 8;
  for (const part of parts.filter(part => part.html !== null)) {
    make(part);
    if (performance.now() > until) return idle(makeRest);
  }
  document.documentElement.dataset.whole = '';
}
addEventListener('beforeprint', () => parts.forEach(make));

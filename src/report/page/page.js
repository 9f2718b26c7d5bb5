// What a person does: choosing, deciding, filtering, by keys and by the pointer.

const decisions = edits.map(() => null);          // null, or { d: 'accept' | 'reject', r: other words }
const shown = edits.map(e => !e.doubt);
const past = [];                                  // lists of [number, decision before]
let current = -1, least = 0, term = '', state = 'all', doubts = false;

const alike = new Map();
edits.forEach((e, i) => {
  const pair = e.garbled.toLowerCase() + '\n' + e.replacement.toLowerCase();
  e.like = alike.get(pair) ?? alike.set(pair, []).get(pair);
  e.like.push(i);
});
const channels = new Map();                       // of each how many changes, how many doubts
for (const e of edits) (channels.get(e.channel) ?? channels.set(e.channel, [0, 0]).get(e.channel))[e.doubt]++;
const off = new Set();
for (const [name, [changes, unsure]] of channels) {
  const label = document.createElement('label'), box = document.createElement('input');
  box.type = 'checkbox'; box.checked = true; box.dataset.channel = name;
  box.onchange = () => { box.checked ? off.delete(name) : off.add(name); filter() };
  label.append(box, ` ${name} (${changes}${unsure ? `, doubts ${unsure}` : ''})`);
  $('channels').append(label);
}

const percent = x => Math.round(x * 100) + '%';
const isOpen = i => !decisions[i];
const becomes = i => decisions[i]?.r ?? edits[i].replacement;
const name = text => text || '(nothing)';
const said = text => { $('said').textContent = text };
const because = e => e.reason.replaceAll('->', '→');
const status = i => ({ accept: 'accepted', reject: 'rejected' })[decisions[i]?.d] ?? (edits[i].doubt ? 'a doubt' : 'undecided');

function count() {
  const all = edits.filter((e, i) => !e.doubt || decisions[i]).length;
  const by = { accept: 0, reject: 0 };
  decisions.forEach(d => d && by[d.d]++);
  const decided = by.accept + by.reject, seen = shown.filter(x => x).length;
  $('counts').textContent = `${decided} of ${all} decided: ${by.accept} accepted, ${by.reject} rejected` +
    (seen < all ? ` · ${seen} shown` : '');
  $('progress').max = all || 1; $('progress').value = decided;
  $('undo').disabled = !past.length;
}

function filter() {
  edits.forEach((e, i) => {
    const d = decisions[i]?.d ?? 'undecided';
    const is = !off.has(e.channel) && e.confidence >= least && (state === 'all' || state === d) &&
      (doubts || !e.doubt || d === 'accept') &&
      (!term || (e.words ??= `${e.garbled}\n${e.replacement}\n${e.reason}`.toLowerCase()).includes(term));
    if (is === shown[i]) return;
    shown[i] = is;
    for (const s of both(i)) s.classList.toggle('off', !is);
  });
  document.body.classList.toggle('doubts', doubts);
  count(); panel();
}

function panel() {
  $('panel').hidden = current < 0;
  if (current < 0) return;
  const e = edits[current], order = shown.reduce((n, is, i) => n + (is && i <= current), 0);
  const old = document.createElement('del'), now = document.createElement('ins');
  old.textContent = name(e.garbled); now.textContent = name(becomes(current));
  $('what').replaceChildren(old, ' → ', now);
  $('why').textContent = `${order} of ${shown.filter(x => x).length} · line ${e.line} · ${e.channel} · ${percent(e.confidence)} sure · ${because(e)} · ${status(current)}`;
  $('others').replaceChildren(...e.others.slice(0, 9).map(([text, probability], n) => {
    const button = document.createElement('button'), digit = document.createElement('kbd');
    digit.textContent = n + 1;
    button.append(`${name(text)} ${percent(probability)}`, digit);
    button.onclick = () => take(n);
    return button;
  }));
  $('edit').disabled = !takesWords(e);
  const open = e.like.filter(isOpen).length;
  $('accept-like').disabled = $('reject-like').disabled = open < 2;
  $('accept-like').firstChild.data = open > 1 ? `Accept ${open} alike` : 'Accept alike';
  $('reject-like').firstChild.data = open > 1 ? `Reject ${open} alike` : 'Reject alike';
}

function select(i, focus = true) {
  if (current >= 0) { spans[current].classList.remove('cur'); spans[current].tabIndex = -1 }
  current = i;
  if (i < 0) return panel();
  dress(i);
  const span = spans[i], fold = span.closest('details');
  if (fold) fold.open = true;
  span.classList.add('cur'); span.tabIndex = 0;
  panel();
  if (focus) span.focus({ preventScroll: true });
  const box = span.getBoundingClientRect();
  if (box.top < 120 || box.bottom > innerHeight - $('panel').offsetHeight - 20) span.scrollIntoView({ block: 'center' });
}

function step(by, want = () => true) {
  for (let i = current + by; i >= 0 && i < edits.length; i += by) if (shown[i] && want(i)) return select(i), true;
  return false;
}

function decide(list, d, r) {
  list = list.filter(i => decisions[i]?.d !== d || decisions[i]?.r !== r);
  if (!list.length) return;
  past.push(list.map(i => [i, decisions[i]]));
  for (const i of list) { decisions[i] = { d, ...(r !== undefined && r !== edits[i].replacement ? { r } : {}) }; paint(i) }
  said(list.length > 1 ? `${list.length} changes ${d}ed` : `${name(edits[list[0]].garbled)}: ${d}ed`);
  keep(); count(); panel();
}

function one(d) {
  if (current < 0) return;
  decide([current], d);
  // On to the next that is open; behind the last one, to the first that was left.
  if (!step(1, isOpen)) {
    const first = edits.findIndex((_, i) => shown[i] && isOpen(i));
    if (first >= 0) select(first); else said('Everything that is shown is decided.');
  }
}

function undo() {
  const last = past.pop();
  if (!last) return;
  for (const [i, d] of last) { decisions[i] = d; paint(i) }
  said('Undone.'); keep(); count(); select(last[0][0]);
}

function other() {
  if (current < 0 || !takesWords(edits[current])) return;
  const words = prompt(`Instead of “${edits[current].garbled}”:`, becomes(current));
  if (words !== null) { decide([current], 'accept', words); select(current) }
}

function take(n) {
  const other = current >= 0 && edits[current].others[n];
  if (!other) return;
  decide([current], 'accept', other[0]);
  select(current);
}

const like = d => current >= 0 && decide(edits[current].like.filter(i => isOpen(i) && (!edits[i].doubt || doubts || i === current)), d);
const all = d => decide(edits.map((_, i) => i).filter(i => shown[i] && isOpen(i)), d);

function filters(open = $('filter-row').hidden) {
  $('filter-row').hidden = !open;
  $('filters').ariaExpanded = String(open);
}

document.title && (document.querySelector('h1').textContent = document.title);
recall();
filter();
// As much as a tall window shows.
for (let n = 0, bytes = 0; n < parts.length && bytes < 3e4; n++) { bytes += parts[n].html.length; make(parts[n]) }
watchAll();

main.addEventListener('click', event => {
  const span = event.target.closest('.e');
  const i = span ? numberOf(span) : -1;
  if (i >= 0 && shown[i]) select(i);
});
main.addEventListener('focusin', event => {
  const span = event.target.closest('.e');
  if (span && numberOf(span) !== current) select(numberOf(span), false);
});
// A finger hides what it points at: the panel says the same.
const hovers = matchMedia('(hover: hover)');
main.addEventListener('mouseover', event => {
  if (!hovers.matches) return;
  const span = event.target.closest('.e'), i = span ? numberOf(span) : -1;
  $('tip').hidden = i < 0 || !shown[i];
  if ($('tip').hidden) return;
  const e = edits[i], box = span.getBoundingClientRect();
  $('tip').textContent = `${e.channel}, ${percent(e.confidence)} sure: ${because(e)} (${status(i)})`;
  $('tip').style.left = Math.max(8, Math.min(box.left, innerWidth - 368)) + scrollX + 'px';
  $('tip').style.top = box.bottom + scrollY + 6 + 'px';
});
main.addEventListener('mouseleave', () => { $('tip').hidden = true });

const keys = {
  n: () => step(1), p: () => step(-1), a: () => one('accept'), r: () => one('reject'), u: undo, e: other,
  A: () => like('accept'), R: () => like('reject'), v: view, f: () => filters(), d: () => $('doubts').click(),
  '/': () => { filters(true); $('search').focus() }, '?': () => $('help-text').showModal(),
};
keys.j = keys.n; keys.k = keys.p;
for (let n = 1; n < 10; n++) keys[n] = () => take(n - 1);
addEventListener('keydown', event => {
  if ($('help-text').open) return;
  if ((event.ctrlKey || event.metaKey) && event.key === 's') return event.preventDefault(), save();
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest('.e')) {
    const on = { ArrowRight: () => step(1), ArrowLeft: () => step(-1), Enter: () => $('accept').focus() }[event.key];
    if (on) return event.preventDefault(), on();
  }
  if (event.key === 'Escape' && event.target.matches('input')) return event.target.blur();
  if (event.target.matches('input:not([type=checkbox]), select, textarea') || !$('keys').checked) return;
  const act = keys[event.key];
  if (act) { event.preventDefault(); act() }
});

$('next').onclick = keys.n; $('previous').onclick = keys.p; $('undo').onclick = undo; $('edit').onclick = other;
$('accept').onclick = () => one('accept'); $('reject').onclick = () => one('reject');
$('accept-like').onclick = keys.A; $('reject-like').onclick = keys.R;
$('accept-shown').onclick = () => all('accept'); $('reject-shown').onclick = () => all('reject');
$('view').onclick = view; $('filters').onclick = () => filters(); $('help').onclick = keys['?']; $('save').onclick = save;
$('load').onchange = event => { if (event.target.files[0]) load(event.target.files[0]); event.target.value = '' };
$('search').oninput = event => { term = event.target.value.trim().toLowerCase(); filter() };
$('least').oninput = event => { least = event.target.value / 100; $('least-shown').textContent = event.target.value + '%'; filter() };
$('state').onchange = event => { state = event.target.value; filter() };
$('doubts').onchange = event => { doubts = event.target.checked; filter() };

const first = edits.findIndex((e, i) => shown[i] && isOpen(i));
if (first >= 0) { current = first; dress(first); spans[first].classList.add('cur'); panel() }
document.documentElement.dataset.ready = performance.now().toFixed(0);
requestAnimationFrame(() => setTimeout(() => idle(makeRest)));

// What there is to decide, and what becomes of decisions outside the page.

const $ = id => document.getElementById(id);
const main = document.querySelector('main');
// A change as it reads; what rows are says src/report/changes.rs.
class Change {
  constructor([line, garbled, replacement, channel, confidence, reason, rows, others = [], doubt = 0], names) {
    this.line = line; this.garbled = garbled; this.replacement = replacement;
    this.channel = names[channel]; this.confidence = confidence; this.reason = names[reason];
    this.rows = rows; this.names = names; this.others = others; this.doubt = doubt;
  }
  // Where it is written, as an edits file says it. A book has many, and few are asked for.
  get places() {
    return this.rows.map(([start, end, before, after, ...own]) => {
      const { garbled, replacement, channel, confidence, reason } = own.length ? new Change([this.line, ...own], this.names) : this;
      return { start, end, before, after, garbled, replacement, channel, confidence, reason };
    });
  }
}
// The documents, and their changes in one list in the order of the page.
const documents = [...document.querySelectorAll('script.record')].map(script => {
  const { file, source, names, edits } = JSON.parse(script.textContent);
  return { file, source, edits: edits.map(row => new Change(row, names)) };
});
const edits = documents.flatMap(d => d.edits);
// Of what is written in parts nobody can say which of other words go where.
const takesWords = e => e.places.every(p => p.replacement === e.replacement);
const reading = (e, words) => e.others.find(([text]) => text === words);
// What other words put in each place of a change.
const dealt = (e, words) => reading(e, words)?.[2] ?? e.places.map(() => words);

// What is kept in the browser is kept by place: a page of the same text that was made again may have other changes.
const key = 'ungarble ' + documents.map(d => d.source?.sha256.slice(0, 16) ?? '').join(' ');
let places;
const placeOf = i => (places ??= documents.flatMap((d, n) => d.edits.map(e => `${n} ${e.rows[0][0]} ${e.rows[0][1]} ${e.replacement}`)))[i];

let waiting;
function keep() {
  clearTimeout(waiting);
  waiting = setTimeout(write, 150);
}
function write() {
  try { localStorage.setItem(key, JSON.stringify(decisions.flatMap((d, i) => d ? [[placeOf(i), d]] : []))) } catch { /* private windows keep nothing */ }
}
addEventListener('pagehide', write);
function recall() {
  try {
    const kept = new Map(JSON.parse(localStorage.getItem(key) ?? '[]'));
    if (kept.size) edits.forEach((_, i) => { decisions[i] = kept.get(placeOf(i)) ?? null });
  } catch { /* what cannot be read is not there */ }
}

function save() {
  let at = 0;
  const lines = documents.map(doc => {
    const kept = doc.edits.flatMap(e => {
      const d = decisions[at++];
      if (e.doubt && d?.d !== 'accept') return [];
      const words = d?.r === undefined ? e.places.map(p => p.replacement) : dealt(e, d.r);
      return e.places.map((p, n) => ({ ...p, replacement: words[n], decision: d?.d ?? 'undecided' }));
    }).sort((a, b) => a.start - b.start);
    return JSON.stringify({ file: doc.file, source: doc.source, edits: kept }) + '\n';
  });
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob(lines, { type: 'application/json' }));
  const file = documents.length === 1 && documents[0].file;
  link.download = (file ? file.replace(/.*[\\/]/, '') : 'ungarble') + '.edits.json';
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  said('Decisions saved.');
}

// The other words that a file puts in the places of a change, if it does; `at` has what it puts where.
function wordsOf(e, at) {
  const words = e.places.map(p => at.get(`${p.start} ${p.end}`) ?? p.replacement);
  if (words.every((w, n) => w === e.places[n].replacement)) return {};
  return { r: e.others.find(([text]) => dealt(e, text).every((w, n) => w === words[n]))?.[0] ?? words[0] };
}

async function load(file) {
  let read = 0;
  try {
    const known = new Map();
    let at = 0;
    for (const doc of documents) for (const e of doc.edits) known.set(`${doc.source.sha256} ${e.rows[0][0]} ${e.rows[0][1]}`, at++);
    const list = [];
    for (const line of (await file.text()).split('\n').filter(l => l.trim())) {
      const doc = JSON.parse(line);
      const at = new Map(doc.edits.map(e => [`${e.start} ${e.end}`, e.replacement]));
      for (const e of doc.edits) {
        const i = known.get(`${doc.source?.sha256} ${e.start} ${e.end}`);
        if (i === undefined || !['accept', 'reject'].includes(e.decision)) continue;
        list.push([i, decisions[i]]);
        decisions[i] = { d: e.decision, ...wordsOf(edits[i], at) };
        paint(i); read++;
      }
    }
    if (list.length) past.push(list);
    keep(); filter();
    alert(read ? `${read} decisions taken up.` : 'That file has no decisions about this text.');
  } catch (error) { alert(`That is no edits file: ${error.message}`) }
}

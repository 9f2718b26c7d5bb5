// The review page in a real browser: keys, clicks, filters, what is kept, what is saved, and how fast a book is.
//
//   apt-get install chromium && npm install --prefix /tmp/browser playwright-core
//   NODE_PATH=/tmp/browser/node_modules node tests/browser/page.mjs [--bin target/release/ungarble] [--shots DIR] [--must]
//
// Without a browser it says so and ends with success; with --must that is a failure. CHROMIUM names another browser.
import { execFileSync, spawnSync } from 'node:child_process';
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const option = (name, otherwise) => {
  const at = process.argv.indexOf('--' + name);
  return at < 0 ? otherwise : process.argv[at + 1];
};
const bin = path.resolve(option('bin', path.join(root, 'target/release/ungarble')));
const shots = option('shots');
const skip = why => {
  console.log(`SKIPPED, NOTHING WAS TESTED: ${why}`);
  process.exit(process.argv.includes('--must') ? 1 : 0);
};

let chromium;
try {
  ({ chromium } = createRequire(import.meta.url)('playwright-core'));
} catch {
  skip('no playwright-core; set NODE_PATH to the node_modules that has it');
}
const browsers = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const executablePath = browsers.find(file => file && fs.existsSync(file));
if (!executablePath) skip('no Chromium; apt-get install chromium, or set CHROMIUM');
if (!fs.existsSync(bin)) skip(`${bin} is not there; cargo build --release, or --bin`);

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ungarble-page-'));
process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));
process.chdir(folder);
const ungarble = (...args) => {
  const done = spawnSync(bin, args, { maxBuffer: 1 << 30 });
  assert.ok(done.status < 2, done.stderr.toString());
  return done.stdout;
};
const sample = name => fs.copyFileSync(path.join(root, 'samples', name), name);
['spun-news.txt', 'tortured-science.txt', 'clean-news.txt'].forEach(sample);

const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
const open = async (html, options = {}) => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, acceptDownloads: true, ...options });
  const page = await context.newPage();
  // When the page can be used and is seen: the first frame behind its script. Asked from here it would be later by what asking takes.
  await page.addInitScript(() => new MutationObserver((_, observer) => {
    const { dataset } = document.documentElement;
    if (!dataset.ready) return;
    observer.disconnect();
    requestAnimationFrame(() => setTimeout(() => { dataset.frame = performance.now() }));
  }).observe(document, { attributes: true, subtree: true, attributeFilter: ['data-ready'] }));
  page.faults = [];
  page.on('pageerror', error => page.faults.push(error.message));
  page.on('console', message => message.type() === 'error' && page.faults.push(message.text()));
  page.on('request', request => request.url().startsWith('file:') || request.url().startsWith('blob:') || page.faults.push(request.url()));
  await page.goto(pathToFileURL(path.resolve(html)).href);
  if (options.javaScriptEnabled !== false) await page.waitForSelector('html[data-frame]');
  return page;
};
const test = async (name, body) => {
  try {
    await body();
    console.log(`ok   ${name}`);
  } catch (error) {
    console.log(`FAIL ${name}\n${error.stack}`);
    process.exitCode = 1;
  }
};
const counts = page => page.textContent('#counts');
const what = page => page.textContent('#what');
const saved = async (page, name) => {
  const [download] = await Promise.all([page.waitForEvent('download'), page.click('#save')]);
  await download.saveAs(name);
  return download.suggestedFilename();
};
const records = text => text.trim().split('\n').map(line => JSON.parse(line));
// Edits made by hand, as the saved file says: what `apply` must come to.
const made = (name, edits) => {
  const source = fs.readFileSync(name), out = [];
  let at = 0;
  for (const e of edits.filter(e => e.decision === 'accept')) {
    out.push(source.subarray(at, e.start), Buffer.from(e.replacement));
    at = e.end;
  }
  return Buffer.concat([...out, source.subarray(at)]);
};

const files = ['spun-news.txt', 'tortured-science.txt', 'clean-news.txt'];
fs.writeFileSync('page.html', ungarble('diff', '--style', 'html', ...files));
const documents = records(ungarble('diff', '--style', 'json', ...files).toString());
const edits = documents.flatMap(d => d.edits);

await test('keys decide, undo, and what is saved is what apply makes', async () => {
  const page = await open('page.html');
  const [decided, all] = (await counts(page)).match(/\d+/g).map(Number);
  assert.deepEqual([decided, all], [0, edits.length]);
  assert.equal(await what(page), `${edits[0].garbled} → ${edits[0].replacement}`);
  for (const key of ['a', 'r', 'n', 'a', 'p', 'p']) await page.keyboard.press(key);
  assert.match(await counts(page), /^3 of \d+ decided: 2 accepted, 1 rejected/);
  await page.keyboard.press('u');
  assert.match(await counts(page), /^2 of \d+ decided: 1 accepted, 1 rejected/);
  page.once('dialog', dialog => dialog.accept('words of <my> own'));
  await page.keyboard.press('e');
  assert.match(await what(page), / → words of <my> own$/);
  await page.keyboard.press('A');
  // Every other change of the second text, by the arrows from one to the next.
  const second = documents[0].edits.length;
  await page.click(`.e:not(.doubt) >> nth=${second}`);
  for (let i = 0; i < documents[1].edits.length - 1; i++) {
    if (i % 2) await page.keyboard.press('a');
    else await page.keyboard.press('ArrowRight');
  }
  assert.equal(await saved(page, 'decisions.json'), 'ungarble.edits.json');
  const kept = records(fs.readFileSync('decisions.json', 'utf8'));
  assert.deepEqual(kept.map(d => d.edits.length), documents.map(d => d.edits.length));
  const accepted = kept[1].edits.filter(e => e.decision === 'accept').length;
  assert.ok(accepted > 2 && accepted < documents[1].edits.length, String(accepted));
  ungarble('apply', '-q', '-o', 'out', 'decisions.json');
  for (const { file, edits } of kept) {
    assert.ok(fs.readFileSync(path.join('out', file)).equals(made(file, edits)), file);
  }
  assert.ok(fs.readFileSync('out/spun-news.txt', 'utf8').includes('words of <my> own'));
  // What was decided is there again when the page is, and in another browser from the saved file.
  const before = await counts(page);
  await page.reload();
  assert.equal(await counts(page), before);
  const other = await open('page.html');
  assert.match(await counts(other), /^0 of /);
  other.once('dialog', dialog => dialog.accept());
  await other.setInputFiles('#load', 'decisions.json');
  await other.waitForFunction(() => !document.querySelector('#counts').textContent.startsWith('0 '));
  assert.equal(await counts(other), before);
  await saved(other, 'again.json');
  assert.equal(fs.readFileSync('again.json', 'utf8'), fs.readFileSync('decisions.json', 'utf8'));
  assert.deepEqual([page.faults, other.faults], [[], []]);
});

await test('a page that is made again keeps what was decided about the same words', async () => {
  fs.writeFileSync('again.txt', 'It was extra fierce. It was green ticket. It was extra fierce.\n');
  fs.writeFileSync('again.phrases', 'extra fierce -> more fierce\n');
  const make = () => fs.writeFileSync('again.html', ungarble('diff', '--style', 'html', '--phrases', 'again.phrases', 'again.txt'));
  make();
  const page = await open('again.html');
  await page.keyboard.press('n');
  await page.keyboard.press('a');
  // Another change stands before it now.
  fs.appendFileSync('again.phrases', 'green ticket -> boarding pass\n');
  make();
  await page.reload();
  assert.match(await counts(page), /^1 of 3 decided: 1 accepted/);
  await saved(page, 'again.json');
  const [{ edits }] = records(fs.readFileSync('again.json', 'utf8'));
  assert.deepEqual(edits.map(e => e.decision), ['undecided', 'undecided', 'accept']);
  // What an edits file says of a place, and no more.
  assert.deepEqual(Object.keys(edits[0]), ['start', 'end', 'before', 'after', 'garbled', 'replacement', 'channel', 'confidence', 'reason', 'decision']);
  assert.deepEqual(page.faults, []);
});

await test('without scripts it is a text to read', async () => {
  const page = await open('page.html', { javaScriptEnabled: false });
  assert.equal(await page.locator('.e:not(.doubt)').count(), edits.length);
  assert.ok(await page.isVisible('.para') && !await page.isVisible('header'));
});

await test('the page says what the text says', async () => {
  // Lines that are broken by hand, markup in the text, an edit at a line's end.
  fs.writeFileSync('lines.txt', 'They grew extra\nfierce, and the <b>\nwind & the sea grew extra fierce\ntoo. </script> <!-- It ended.\n\n\nThen extra fierce\n\nrain.\n');
  fs.writeFileSync('lines.phrases', 'extra fierce -> more fierce\n');
  const page = await (fs.writeFileSync('lines.html', ungarble('diff', '--style', 'html', '--phrases', 'lines.phrases', 'lines.txt')), open('lines.html'));
  const [old, now] = await page.evaluate(() => ['ins', 'del'].map(gone => {
    const main = document.querySelector('main').cloneNode(true);
    main.querySelectorAll(`script, h2, .summary, .e:not(.doubt) ${gone}, .doubt ins`).forEach(e => e.remove());
    return main.textContent.replace(/\s+/g, ' ').trim();
  }));
  const words = text => text.toString().replace(/\s+/g, ' ').trim();
  assert.equal(old, words(fs.readFileSync('lines.txt')));
  assert.equal(now, words(ungarble('clean', '--phrases', 'lines.phrases', 'lines.txt')));
  assert.equal(await page.title(), 'lines.txt');
  assert.deepEqual(page.faults, []);
});

await test('a file with markup shows its words, and asks once', async () => {
  const words = 'They grew extra fierce, R&amp;D said.'.split(' ');
  const page = words => '<PcGts><Page><TextRegion><TextLine>' + words.map(w => `<Word><TextEquiv><Unicode>${w}</Unicode></TextEquiv></Word>`).join('\n') +
    `<TextEquiv><Unicode>${words.join(' ')}</Unicode></TextEquiv></TextLine></TextRegion></Page></PcGts>\n`;
  const web = '<html><body><p>It was <b>extra</b> fierce &amp; <i>wet</i>.</p><p>No green ticket.</p></body></html>\n';
  fs.writeFileSync('page.xml', page(words));
  fs.writeFileSync('web.html', web);
  fs.writeFileSync('markup.phrases', 'extra fierce -> more fierce\ngreen ticket -> boarding pass\n');
  fs.writeFileSync('markup.html', ungarble('diff', '--style', 'html', '--phrases', 'markup.phrases', 'page.xml', 'web.html'));
  const view = await open('markup.html');
  const old = await view.evaluate(() => [...document.querySelectorAll('section')].map(section => {
    const copy = section.cloneNode(true);
    copy.querySelectorAll('script, h2, .summary, ins').forEach(e => e.remove());
    return copy.textContent.replace(/\s+/g, ' ').trim();
  }));
  assert.deepEqual(old, ['They grew extra fierce, R&D said.', 'It was extra fierce & wet. No green ticket.']);
  assert.match(await counts(view), /^0 of 3 decided/);
  await view.keyboard.press('a');
  await view.keyboard.press('r');
  assert.equal(await what(view), 'green ticket → boarding pass');
  view.once('dialog', dialog => dialog.accept('yellow slip'));
  await view.keyboard.press('e');
  await saved(view, 'markup.json');
  const [first] = records(fs.readFileSync('markup.json', 'utf8'));
  assert.equal(first.edits.length, 2, 'the word and the line');
  ungarble('apply', '-q', '-o', 'markup', 'markup.json');
  assert.equal(fs.readFileSync('markup/page.xml', 'utf8'), page(words.map(w => w === 'extra' ? 'more' : w)));
  assert.equal(fs.readFileSync('markup/web.html', 'utf8'), web.replace('green ticket', 'yellow slip'));
  const before = await counts(view), other = await open('markup.html');
  other.once('dialog', dialog => dialog.accept());
  await other.setInputFiles('#load', 'markup.json');
  await other.waitForFunction(() => !document.querySelector('#counts').textContent.startsWith('0 '));
  assert.equal(await counts(other), before);
  assert.deepEqual([view.faults, other.faults], [[], []]);
});

await test('a word over tags takes another reading of the list', async () => {
  const web = '<html><body><p>Fire at Port Ellery hotel forces 140 gue<i>8tR</i> into the street. He took the otber kcys to tbe ofiice.</p></body></html>\n';
  fs.writeFileSync('parts.html', web);
  fs.writeFileSync('parts-page.html', ungarble('diff', '--style', 'html', 'parts.html'));
  const page = await open('parts-page.html');
  const others = page.locator('#others button');
  for (let i = 0; i < 20 && !(/^gue8tR/.test(await what(page)) && await others.count()); i++) await page.keyboard.press('n');
  const [was, other] = [await what(page), (await others.first().textContent()).replace(/ \d+%1$/, '')];
  assert.ok(was.startsWith('gue8tR → ') && await page.isDisabled('#edit'), was);
  await page.keyboard.press('1');
  assert.equal(await what(page), `gue8tR → ${other}`);
  await saved(page, 'parts.json');
  ungarble('apply', '-q', '-o', 'parts.out', 'parts.json');
  assert.equal(fs.readFileSync('parts.out', 'utf8'), web.replace('gue<i>8tR</i>', `gue<i>${other.slice(3)}</i>`));
  const again = await open('parts-page.html');
  again.once('dialog', dialog => dialog.accept());
  await again.setInputFiles('#load', 'parts.json');
  await again.waitForFunction(() => !document.querySelector('#counts').textContent.startsWith('0 '));
  await saved(again, 'parts-again.json');
  assert.equal(fs.readFileSync('parts-again.json', 'utf8'), fs.readFileSync('parts.json', 'utf8'));
  assert.deepEqual([page.faults, again.faults], [[], []]);
});

await test('the pointer does what keys do', async () => {
  const page = await open('page.html');
  await page.hover('.e:not(.doubt) >> nth=1');
  assert.ok((await page.textContent('#tip')).includes(edits[1].reason.replaceAll('->', '→')));
  await page.click('.e:not(.doubt) >> nth=1');
  assert.equal(await what(page), `${edits[1].garbled} → ${edits[1].replacement}`);
  await page.click('#reject');
  assert.match(await counts(page), /1 rejected/);
  await page.click('#undo');
  assert.match(await counts(page), /^0 of /);
  await page.click('#filters');
  await page.click('#accept-shown');
  assert.match(await counts(page), new RegExp(`^${edits.length} of ${edits.length} decided`));
  await saved(page, 'all.json');
  ungarble('apply', '-q', '-o', 'all', 'all.json');
  for (const file of files) assert.ok(fs.readFileSync(path.join('all', file)).equals(ungarble('clean', file)), file);
  assert.deepEqual(page.faults, []);
});

await test('filters, search and doubts', async () => {
  const page = await open('page.html');
  const shown = () => page.locator('.e:not(.off)').count();
  assert.equal(await shown(), edits.length);
  await page.keyboard.press('/');
  await page.keyboard.type(edits[0].garbled);
  assert.equal(await shown(), edits.filter(e => [e.garbled, e.replacement, e.reason].join('\n').toLowerCase().includes(edits[0].garbled.toLowerCase())).length);
  await page.keyboard.press('a'); // a letter of the search, not a decision
  assert.match(await counts(page), /^0 of /);
  await page.fill('#search', '');
  await page.fill('#least', '80');
  assert.equal(await shown(), edits.filter(e => e.confidence >= 0.8).length);
  await page.fill('#least', '0');
  await page.uncheck('[data-channel=phrase]');
  assert.equal(await shown(), 0);
  await page.check('[data-channel=phrase]');
  const total = await page.locator('.e').count();
  assert.ok(total > edits.length);
  await page.check('#doubts');
  assert.equal(await shown(), total);
  await page.click('.e.doubt >> nth=0');
  await page.click('#accept');
  await saved(page, 'doubt.json');
  const kept = records(fs.readFileSync('doubt.json', 'utf8')).flatMap(d => d.edits);
  assert.equal(kept.length, edits.length + 1);
  assert.deepEqual(page.faults, []);
});

await test('side by side', async () => {
  const page = await open('page.html');
  await page.keyboard.press('v');
  await page.waitForSelector('.was');
  const [was, now] = await page.evaluate(() => {
    const para = document.querySelector('.was .e').closest('.para');
    return [...para.querySelectorAll('p')].map(p => ({ text: p.innerText, left: p.getBoundingClientRect().left }));
  });
  assert.ok(was.left < now.left && was.text !== now.text);
  assert.ok(was.text.includes(edits[0].garbled) && now.text.includes(edits[0].replacement));
  await page.keyboard.press('r');
  assert.equal(await page.locator('.was .e.rej').count(), 1);
  await page.keyboard.press('v');
  assert.equal(await page.locator('.was:visible').count(), 0);
  assert.deepEqual(page.faults, []);
});

await test('a person with a keyboard and a screen reader', async () => {
  const page = await open('page.html');
  // One stop for the text, whatever number of changes it has.
  assert.equal(await page.locator('.e[tabindex="0"]').count(), 1);
  await page.keyboard.press('n');
  assert.match(await page.evaluate(() => document.activeElement.getAttribute('aria-label')), / becomes .*, phrase, \d+%, undecided$/);
  await page.keyboard.press('a');
  assert.match(await page.textContent('#said'), /: accepted$/);
  const unnamed = await page.evaluate(() => [...document.querySelectorAll('button, input, select, progress')]
    .filter(e => !(e.textContent.trim() || e.ariaLabel || e.labels?.[0]?.textContent.trim())).map(e => e.outerHTML));
  assert.deepEqual(unnamed, []);
  await page.keyboard.press('?');
  assert.ok(await page.isVisible('#help-text'));
  await page.uncheck('#keys');
  await page.keyboard.press('Escape');
  const before = await counts(page);
  await page.keyboard.press('r');
  assert.equal(await counts(page), before, 'single keys were switched off');
  assert.deepEqual(page.faults, []);
});

for (const colorScheme of ['light', 'dark']) {
  await test(`contrast and width, ${colorScheme}`, async () => {
    for (const [kind, viewport] of [['desktop', { width: 1280, height: 900 }], ['phone', { width: 390, height: 844 }]]) {
      const page = await open('page.html', { colorScheme, viewport, hasTouch: kind === 'phone', deviceScaleFactor: kind === 'phone' ? 2 : 1 });
      for (const key of ['a', 'r', 'n', 'n']) await page.keyboard.press(key);
      const weak = await page.evaluate(() => {
        const numbers = text => text.match(/[\d.]+/g).map(Number);
        const light = ([r, g, b]) => [r, g, b].map(x => x / 255).map(x => x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4)
          .reduce((sum, x, i) => sum + x * [0.2126, 0.7152, 0.0722][i], 0);
        const under = e => { for (; e; e = e.parentElement) { const c = numbers(getComputedStyle(e).backgroundColor); if (c[3] !== 0) return c } return [255, 255, 255] };
        const out = [];
        for (const e of document.querySelectorAll('p, .e del, .e ins, header button, header span, #panel button, #what del, #what ins, #why, h2, .summary')) {
          if (!e.checkVisibility()) continue;
          const [a, b] = [light(numbers(getComputedStyle(e).color)), light(under(e))].sort((x, y) => y - x);
          if ((a + 0.05) / (b + 0.05) < 4.5) out.push(`${e.outerHTML.slice(0, 80)}: ${((a + 0.05) / (b + 0.05)).toFixed(2)}`);
        }
        return [...new Set(out)];
      });
      assert.deepEqual(weak, [], 'contrast below 4.5');
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${kind} scrolls sideways`);
      if (shots) await page.screenshot({ path: path.resolve(root, shots, `page-${kind}-${colorScheme}.png`) });
      if (shots && kind === 'desktop') {
        await page.keyboard.press('v');
        await page.keyboard.press('f');
        await page.waitForSelector('.was');
        await page.screenshot({ path: path.resolve(root, shots, `page-sides-${colorScheme}.png`) });
      }
      assert.deepEqual(page.faults, []);
      await page.context().close();
    }
  });
}

await test('on paper', async () => {
  const page = await open('page.html');
  await page.emulateMedia({ media: 'print' });
  assert.equal(await page.isVisible('header'), false);
  assert.equal(await page.isVisible('#panel'), false);
  if (shots) await page.screenshot({ path: path.resolve(root, shots, 'page-print.png') });
});

await test('a book of 10,000 changes', async () => {
  // Words of clean prose that a rule of ours changes, again and again, each paragraph another one.
  const prose = ['clean-news.txt', 'clean-mixed.txt', 'clean-science.txt', 'clean-web.txt'].map(name => fs.readFileSync(path.join(root, 'samples', name), 'utf8')).join('\n\n');
  const garbled = Array.from({ length: 500 }, (_, i) => 'zorble' + [i / 100, i / 10 % 10, i % 10].map(d => 'abcdefghij'[Math.floor(d)]).join(''));
  let book = '', number = 0;
  while (number < 10000) book += prose.replace(/\bthe\b/g, () => `the ${garbled[number++ % 500]}`) + '\n\n';
  fs.writeFileSync('book.txt', book);
  fs.writeFileSync('book.phrases', garbled.map(word => `${word} -> table\n`).join(''));
  fs.writeFileSync('book.html', ungarble('diff', '--style', 'html', '--min-confidence', '0.95', '--phrases', 'book.phrases', 'book.txt'));
  const times = [];
  let page;
  for (let i = 0; i < 3; i++) {
    await page?.context().close();
    page = await open('book.html');
    times.push(await page.evaluate(() => Number(document.documentElement.dataset.frame)));
  }
  // The keys are pressed while the rest of the text is being made.
  const press = async (key, count) => page.evaluate(async ([key, count]) => {
    const times = [];
    for (let i = 0; i < count; i++) {
      const start = performance.now();
      document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
      document.body.offsetHeight;
      times.push(performance.now() - start);
      await new Promise(requestAnimationFrame);
    }
    return times.sort((a, b) => a - b);
  }, [key, count]);
  const next = await press('n', 100), accept = await press('a', 100);
  await page.waitForSelector('html[data-whole]');
  const found = await page.locator('.e').count();
  assert.ok(found >= 10000, `${found} changes`);
  const scroll = await page.evaluate(async () => {
    const times = [];
    let last = performance.now();
    for (let i = 0; i < 120; i++) {
      scrollBy(0, 400);
      await new Promise(requestAnimationFrame);
      const now = performance.now();
      times.push(now - last);
      last = now;
    }
    return times.sort((a, b) => a - b);
  });
  const filter = await page.evaluate(() => {
    const start = performance.now();
    const box = document.getElementById('search');
    box.value = 'zorbleahc';
    box.dispatchEvent(new Event('input'));
    document.body.offsetHeight;
    return performance.now() - start;
  });
  const ms = x => `${x.toFixed(0)} ms`, at = (list, share) => list[Math.floor(list.length * share)];
  console.log(`     ${found} changes, page of ${(fs.statSync('book.html').size / 1e6).toFixed(1)} MB: loaded in ${times.map(ms).join(', ')}; ` +
    `a key ${ms(at(next, .5))} (95 in 100: ${ms(at(next, .95))}), a decision ${ms(at(accept, .5))} (${ms(at(accept, .95))}), ` +
    `a frame of scrolling ${ms(at(scroll, .5))} (${ms(at(scroll, .95))}), a search ${ms(filter)}`);
  assert.ok(Math.min(...times) <= 2000, 'loading took more than two seconds');
  assert.ok(at(next, .95) < 100 && at(accept, .95) < 100 && at(scroll, .5) < 100 && filter < 500, 'it is not smooth');
  assert.deepEqual(page.faults, []);
});

await browser.close();

'use strict';
(() => {
const $$ = (s, e = document) => [...e.querySelectorAll(s)];
const make = (tag, cls, text) => { const e = document.createElement(tag); if (cls) e.className = cls; if (text !== undefined) e.textContent = text; return e; };
const minus = s => s.replace('-', '−');
const fixed = (v, d) => minus(v.toLocaleString('en-US', { minimumFractionDigits: d, maximumFractionDigits: d }));
const money = v => fixed(v, Math.abs(v) >= 1000 ? 0 : 2);
const shown = { percent: v => fixed(v * 100, 2) + '%', money, price: v => minus(v.toLocaleString('en-US', { maximumSignificantDigits: 7 })), ratio: v => fixed(v, 2) };

// Theme: the system's, until the reader chooses.
const root = document.documentElement, theme = document.getElementById('theme');
const store = { get() { try { return localStorage.getItem('granary-theme'); } catch { return null; } }, set(v) { try { localStorage.setItem('granary-theme', v); } catch { /* a page from a file may have no storage */ } } };
const isDark = () => root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
const label = () => { theme.textContent = isDark() ? 'Light theme' : 'Dark theme'; };
if (store.get() === 'dark' || store.get() === 'light') root.dataset.theme = store.get();
theme.hidden = false;
label();
theme.onclick = () => { root.dataset.theme = isDark() ? 'light' : 'dark'; store.set(root.dataset.theme); label(); };
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', label);

// Sorting: a heading's button sorts by its column, first as most want it: numbers from the top, words from A. What is undefined stays below,
// except a ratio that is undefined because nothing was lost: it counts as above all numbers.
const number = t => { const s = t.replace('−', '-').replace(/[+,%]/g, ''); return /^-?(\d|\.\d)/.test(s) ? parseFloat(s) : NaN; };
const keyOf = cell => 'above' in cell.dataset ? Infinity : number(cell.textContent);
for (const table of $$('table[data-sortable]')) {
  const heads = $$('thead th', table), body = table.tBodies[0];
  heads.forEach((th, column) => {
    const button = make('button', '', th.textContent);
    button.type = 'button';
    // On paper the text stands by itself: repeated headings lose their buttons.
    th.dataset.name = th.textContent;
    th.textContent = '';
    th.append(button);
    const numeric = th.classList.contains('n');
    button.onclick = () => {
      const was = th.getAttribute('aria-sort');
      const down = was ? was === 'ascending' : numeric;
      for (const h of heads) h.removeAttribute('aria-sort');
      th.setAttribute('aria-sort', down ? 'descending' : 'ascending');
      const rows = [...body.rows].map(row => ({ row, key: numeric ? keyOf(row.cells[column]) : row.cells[column].textContent }));
      rows.sort((a, b) => numeric
        ? (isNaN(a.key) ? 1 : 0) - (isNaN(b.key) ? 1 : 0) || (isNaN(a.key) ? 0 : a.key === b.key ? 0 : down ? b.key - a.key : a.key - b.key)
        : (down ? -1 : 1) * a.key.localeCompare(b.key, 'en', { numeric: true }));
      body.append(...rows.map(r => r.row));
      printable();
    };
  });
}

// Filtering the table of strategies.
let restop;
const form = document.querySelector('.filters'), strategies = document.querySelector('table.strategies');
const rowsOf = () => strategies ? [...strategies.tBodies[0].rows] : [];
const printable = () => {
  let seen = 0;
  for (const row of rowsOf()) {
    const keep = !row.hidden && ++seen <= 60;
    row.classList.toggle('keep', keep);
    row.classList.toggle('drop', !keep);
  }
};
if (form && strategies) {
  form.hidden = false;
  const out = form.querySelector('output'), texts = new Map(rowsOf().map(r => [r, (r.dataset.id + ' ' + r.textContent).toLowerCase()]));
  const apply = () => {
    const words = form.elements.find.value.toLowerCase().split(/\s+/).filter(Boolean);
    const picks = $$('select[data-column]', form).filter(s => s.value);
    let seen = 0;
    for (const row of rowsOf()) {
      const ok = words.every(w => texts.get(row).includes(w))
        && picks.every(s => (s.dataset.column === '0' ? row.querySelector('th b') : row.cells[+s.dataset.column]).textContent === s.value)
        && (!form.elements.weighted.checked || number(row.cells[3].textContent) !== 0);
      row.hidden = !ok;
      if (ok) seen++;
    }
    const first = rowsOf().find(r => !r.hidden && r.dataset.more !== undefined);
    if (first) restop?.(first.querySelector('th b'));
    out.textContent = (seen === texts.size ? '' : fixed(seen, 0) + ' of ') + fixed(texts.size, 0) + (texts.size === 1 ? ' strategy' : ' strategies');
    printable();
  };
  form.addEventListener('input', apply);
  form.addEventListener('submit', e => e.preventDefault());
}
printable();

// A strategy's row opens all of its figures.
if (strategies) {
  const dialog = make('dialog'), heads = $$('thead th', strategies).map(h => h.textContent);
  const data = document.getElementById('strategy-metrics').dataset, formats = data.formats.split(';');
  const more = data.names.split(';').map((name, i) => [name, formats[i]]);
  document.body.append(dialog);
  dialog.setAttribute('aria-labelledby', 'dialog-title');
  const pairs = (caption, list) => {
    const table = make('table', 'pairs'), body = make('tbody');
    table.append(make('caption', '', caption), body);
    for (const [name, value] of list) { const tr = make('tr'), th = make('th', '', name); th.scope = 'row'; tr.append(th, make('td', 'n', value)); body.append(tr); }
    return table;
  };
  const open = row => {
    const title = make('h2', '', row.dataset.id), two = make('div', 'two'), actions = make('p', 'actions'), close = make('button', '', 'Close');
    title.id = 'dialog-title';
    const first = [];
    for (let i = 1; i < row.cells.length; i++) if (row.cells[i].textContent.trim() && !row.cells[i].querySelector('svg')) first.push([heads[i], row.cells[i].textContent]);
    const rest = row.dataset.more.split(';').map((v, i) => [more[i][0], v === '' ? '–' : more[i][1] === 'count' ? fixed(+v, 0) : shown[more[i][1]](+v)]);
    two.append(pairs('In the table', first), pairs('More', rest));
    if (window.granaryExplore?.has(row.dataset.id)) {
      const go = make('button', '', 'Entries, exits and equity');
      go.onclick = () => { dialog.close(); window.granaryExplore.show(row.dataset.id); document.getElementById('prices').scrollIntoView(); };
      actions.append(go);
    }
    close.onclick = () => dialog.close();
    actions.append(close);
    dialog.replaceChildren(title, two, actions);
    dialog.showModal();
  };
  dialog.addEventListener('click', e => { if (e.target === dialog) dialog.close(); });
  // One stop for the tab key; arrows go from row to row.
  let active;
  const stop = b => { if (active) active.tabIndex = -1; active = b; b.tabIndex = 0; };
  for (const row of rowsOf()) if (row.dataset.more !== undefined) { const b = row.querySelector('th b'); b.tabIndex = -1; b.setAttribute('role', 'button'); if (!active) stop(b); }
  restop = stop;
  strategies.addEventListener('focusin', e => { if (e.target.matches('tbody th b')) stop(e.target); });
  strategies.tBodies[0].addEventListener('click', e => { const row = e.target.closest('tr'); if (row?.dataset.more !== undefined && !getSelection().toString()) open(row); });
  strategies.tBodies[0].addEventListener('keydown', e => {
    const step = { ArrowDown: 'nextElementSibling', ArrowUp: 'previousElementSibling' }[e.key];
    if (!step || !e.target.matches('th b')) return;
    let row = e.target.closest('tr')[step];
    while (row && (row.hidden || row.dataset.more === undefined)) row = row[step];
    if (row) { e.preventDefault(); row.querySelector('th b').focus(); }
  });
  strategies.tBodies[0].addEventListener('keydown', e => { if ((e.key === 'Enter' || e.key === ' ') && e.target.matches('th b')) { e.preventDefault(); open(e.target.closest('tr')); } });
}

// A crosshair reads the lines off; plots of one group share it. Arrow keys move it.
const plots = [];
for (const data of $$('.plot > script[type="application/json"]')) {
  const plot = data.parentElement, d = JSON.parse(data.textContent);
  for (const line of d.lines) { let sum = 0; line.t = line.t.map(t => sum += t); }
  const cross = make('div', 'cross'), tip = make('div', 'tip'), p = { plot, d, cross, tip };
  tip.setAttribute('aria-live', 'polite');
  cross.hidden = tip.hidden = true;
  cross.style.height = d.height + 'px';
  plot.append(cross, tip);
  plot.tabIndex = 0;
  plot.setAttribute('role', 'group');
  plot.setAttribute('aria-label', 'Read off with the arrow keys: ' + plot.querySelector('title').textContent);
  plots.push(p);
  const at = share => { for (const q of plots) if (q === p || (d.group && q.d.group === d.group)) point(q, share, q === p); };
  plot.addEventListener('pointermove', e => { const r = plot.getBoundingClientRect(); p.share = (e.clientX - r.left) / r.width; at(p.share); });
  plot.addEventListener('pointerleave', () => at(NaN));
  plot.addEventListener('blur', () => at(NaN));
  plot.addEventListener('keydown', e => {
    const step = { ArrowLeft: -1, ArrowRight: 1, PageUp: -20, PageDown: 20 }[e.key];
    if (e.key === 'Escape') return at(NaN);
    if (!step) return;
    e.preventDefault();
    p.share = Math.min(1, Math.max(0, (p.share ?? 1) + step / 200));
    at(p.share);
  });
}
const nearest = (list, t) => { let a = 0, b = list.length - 1; while (a < b) { const m = a + b >> 1; if (list[m] < t) a = m + 1; else b = m; } return a > 0 && t - list[a - 1] < list[a] - t ? a - 1 : a; };
function point(p, share, tell) {
  if (!(share >= 0 && share <= 1)) { p.cross.hidden = p.tip.hidden = true; return; }
  const minute = share * p.d.span, first = p.d.lines[0], time = first.t[nearest(first.t, minute)];
  const x = p.d.span ? time / p.d.span : .5;
  p.cross.hidden = false;
  p.cross.style.left = 100 * x + '%';
  p.tip.hidden = !tell;
  if (!tell) return;
  const stamp = new Date((p.d.from + time) * 60000).toISOString();
  p.tip.replaceChildren(make('b', '', p.d.clock ? stamp.slice(0, 16).replace('T', ' ') : stamp.slice(0, 10)));
  for (const line of p.d.lines) {
    const v = line.v[nearest(line.t, time)], row = make('div'), key = make('i');
    key.style.borderColor = `var(--${line.style})`;
    row.append(key, (p.d.lines.length > 1 ? line.name + ' ' : '') + (v === null ? '–' : shown[p.d.unit](v)));
    p.tip.append(row);
  }
  const width = p.plot.clientWidth, wide = p.tip.offsetWidth;
  p.tip.style.left = Math.max(-40, Math.min(width - wide, x * width + (x > .6 ? -wide - 10 : 10))) + 'px';
  p.tip.style.top = '4px';
}

// Paper shows everything.
const details = $$('details');
let before = [];
addEventListener('beforeprint', () => { before = details.map(d => d.open); for (const d of details) d.open = true; });
addEventListener('afterprint', () => details.forEach((d, i) => { d.open = before[i]; }));
})();

// Candles, entries and exits, and the equity of any strategy. The data is packed (deflate, base64) and read when the chart comes into sight.
(() => {
const box = document.querySelector('.explore'), packed = box?.querySelector('script');
if (!packed || !('DecompressionStream' in window)) return;
document.documentElement.classList.add('explores');
box.hidden = false;
const canvas = box.querySelector('canvas'), pick = box.querySelector('select'), out = box.querySelector('output'), tip = box.querySelector('.tip'), log = box.querySelector('input[name=log]');
const g = canvas.getContext('2d'), PRICE = 300, GAP = 34, EQUITY = 110, TOP = 18, BOTTOM = 40;
let data, now, market, from = 0, to = 1, at = -1, pointer = null, asked = null;

const load = async () => {
  if (data) return;
  const bytes = Uint8Array.from(atob(packed.textContent.trim()), c => c.charCodeAt(0));
  data = await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'))).json();
  for (const m of data.markets) if (!m.g) bars(m);
  for (const m of data.markets) if (m.g) joined(m, data.markets[m.of]);
  const at = { trade: 0, value: 0 };
  for (const s of data.strategies) { trades(s, data.markets[s.m], at); curve(s, at); }
  for (const m of data.markets) for (const k of 'ohlc') m[k] = m[k].map(v => v / 10 ** m.d);
  for (const s of data.strategies) pick.append(new Option(s.id, s.id));
  if (!show(asked ?? data.strategies[0].id)) { show(data.strategies[0].id); }
};
// Bars as whole numbers: an open is written from the close before, a close from its open, high and low from the body.
function bars(m) {
  let time = 0, close = 0;
  m.t.forEach((t, k) => {
    m.t[k] = time += t;
    const o = m.o[k] += close, c = close = m.c[k] += o;
    m.h[k] += Math.max(o, c);
    m.l[k] = Math.min(o, c) - m.l[k];
  });
}
// Longer bars: how many of the shorter ones each of them joins.
function joined(m, short) {
  let k = 0;
  [m.t, m.o, m.h, m.l, m.c] = [[], [], [], [], []];
  for (const n of m.g) {
    m.t.push(short.t[k] - m.b[m.t.length]);
    m.o.push(short.o[k]);
    m.h.push(Math.max(...short.h.slice(k, k + n)));
    m.l.push(Math.min(...short.l.slice(k, k + n)));
    m.c.push(short.c[(k += n) - 1]);
  }
}
// Trades: what is likely, as TradeGuess.cs has it, and the difference to what happened.
function trades(s, m, at) {
  const up = 10 ** (m.D - m.d), unit = 10 ** m.D, round = v => Math.floor(v + .5);
  const open = (k, factor) => Math.min(m.h[k] * up, Math.max(m.l[k] * up, round(m.o[k] * up * factor)));
  let out = 0, before = 0, own = s.w;
  s.trades = [];
  for (const end = at.trade + s.n; at.trade < end; at.trade++) {
    const k = at.trade, from = out + data.a[k], to = out = from + data.b[k], side = Math.sign(data.r[k]), why = Math.abs(data.r[k]) - 1;
    const entry = data.i[k] + (s.y ? open(from, 1 + side * s.k) : before);
    const exit = before = data.o[k] + (s.q[why] === 0 && s.y ? open(to, 1 - side * s.k) : round(entry * (1 + side * s.q[why])));
    const size = s.f * (s.z === 0 ? 1 : (s.z === 1 ? 1 : own) / (s.y && from > 0 ? m.c[from - 1] * up : entry));
    const net = (data.n[k] + round(size * (side * (exit - entry) - s.c * (entry + exit)) * 100)) / 100;
    own += net;
    // Entry, exit, side, entry price, exit price, net profit, whether it is open, by what it ended.
    s.trades.push([s.y ? m.t[from] : from, s.y ? m.t[to] : to, side, entry / unit, exit / unit, net, why === 0, data.reasons[why]]);
  }
}
// Equity at the start and at the ends of periods.
function curve(s, at) {
  if (s.e === undefined) return;
  const values = [];
  let sum = 0;
  for (const end = at.value + s.e + 1; at.value < end; at.value++) values.push((sum += data.e[at.value]) * s.u);
  [s.e0, ...s.e] = values;
}
const show = id => {
  asked = id;
  if (!data) { load(); return true; }
  now = data.strategies.find(s => s.id === id);
  if (!now) return false;
  market = data.markets[now.m];
  pick.value = id;
  box.dataset.strategy = id;
  [from, to, at] = [0, market.t.length, -1];
  log.checked = Math.max(...market.h) > 4 * Math.min(...market.l);
  draw();
  return true;
};
const has = id => !data || data.strategies.some(s => s.id === id);
window.granaryExplore = { show: id => { if (!has(id)) return false; show(id); return true; }, has, read: async () => { await load(); return data; } };

// The bar in which a minute lies.
const barOf = minute => { const t = market.t; let a = 0, b = t.length - 1; while (a < b) { const m = a + b + 1 >> 1; if (t[m] <= minute) a = m; else b = m - 1; } return a; };
const stamp = minute => { const s = new Date(minute * 60000).toISOString(); return market.intraday ? s.slice(0, 16).replace('T', ' ') : s.slice(0, 10); };
const number = v => v.toLocaleString('en-US', { maximumSignificantDigits: 7 }).replace('-', '−');
const compact = v => { const a = Math.abs(v), [d, u] = a >= 1e9 ? [1e9, 'B'] : a >= 1e6 ? [1e6, 'M'] : a >= 1e4 ? [1e3, 'k'] : [1, '']; return (v / d).toLocaleString('en-US', { maximumSignificantDigits: 4 }).replace('-', '−') + u; };
const steps = (low, high, about) => { const rough = (high - low) / about, p = 10 ** Math.floor(Math.log10(rough)), d = rough / p, s = p * (d <= 1 ? 1 : d <= 2 ? 2 : d <= 5 ? 5 : 10), list = []; for (let v = Math.ceil(low / s) * s; v <= high; v += s) list.push(v); return list; };

// Round values of a logarithmic scale: 1, 2 and 5 of each decade, or the decades alone where those would be many.
const decades = (low, high) => { const list = [], few = Math.log10(high / low) > 3; for (let p = Math.floor(Math.log10(low)); p <= Math.log10(high); p++) for (const m of few ? [1] : [1, 2, 5]) { const v = m * 10 ** p; if (v >= low && v <= high) list.push(v); } return list.length > 1 ? list : steps(low, high, 4); };
// Labels of the time axis: the bars at which the year, else the month, the day, the hour or the minute turns, thinned to those that have room.
function turns(first, end, wide) {
  let list = [], most = 1;
  for (const letters of [4, 7, 10, 13, 16]) {
    const next = [];
    for (let i = first + 1; i < end; i++) if (stamp(market.t[i]).slice(0, letters) !== stamp(market.t[i - 1]).slice(0, letters)) next.push([i, stamp(market.t[i]).slice(0, letters === 13 ? 16 : letters)]);
    if (next.length > 1 || !list.length) { list = next; most = next.length ? Math.max(1, Math.floor(wide / (g.measureText(next[0][1]).width + 26))) : 1; }
    if (list.length >= Math.min(3, most)) break;
  }
  if (!list.length && end > first) list = [[first, stamp(market.t[first])]];
  const every = Math.ceil(list.length / most);
  return list.filter((_, k) => k % every === 0);
}
function draw() {
  if (!now || !canvas.clientWidth) return;
  const css = getComputedStyle(document.documentElement), ink = n => css.getPropertyValue('--' + n).trim();
  const ratio = devicePixelRatio || 1, wide = canvas.clientWidth, high = TOP + PRICE + GAP + EQUITY + BOTTOM, left = wide < 600 ? 50 : 60, right = wide - 6, span = to - from;
  if (canvas.width !== Math.round(wide * ratio) || canvas.height !== Math.round(high * ratio)) { canvas.width = wide * ratio; canvas.height = high * ratio; canvas.style.height = high + 'px'; }
  g.setTransform(ratio, 0, 0, ratio, 0, 0);
  g.clearRect(0, 0, wide, high);
  g.font = '12px ' + css.fontFamily;
  const x = i => left + (i - from + .5) / span * (right - left);
  // Groups of bars, so that a candle has at least four pixels.
  const per = Math.max(1, Math.ceil(4 * span / (right - left))), candles = [];
  for (let i = Math.floor(Math.max(0, from) / per) * per; i < Math.min(market.t.length, to); i += per) {
    const end = Math.min(market.t.length, i + per);
    let h = -Infinity, l = Infinity;
    for (let k = i; k < end; k++) { h = Math.max(h, market.h[k]); l = Math.min(l, market.l[k]); }
    candles.push({ i, end, o: market.o[i], h, l, c: market.c[end - 1] });
  }
  const trades = now.trades.map((t, n) => ({ n, a: barOf(t[0]), b: barOf(t[1]), t })).filter(t => t.b >= from && t.a <= to);
  let low = Math.min(...candles.map(c => c.l)), top = Math.max(...candles.map(c => c.h));
  for (const { a, b, t } of trades) { if (a >= from && a < to) { low = Math.min(low, t[3]); top = Math.max(top, t[3]); } if (b >= from && b < to) { low = Math.min(low, t[4]); top = Math.max(top, t[4]); } }
  const air = (top - low) * .04 || top * .02, logged = log.checked && low > 0;
  if (!logged) { low -= air; top += air; }
  const y = v => TOP + PRICE * (1 - (logged ? Math.log(v / low) / Math.log(top / low) : (v - low) / (top - low)));
  const line = (x1, y1, x2, y2, color, dash = [], w = 1) => { g.strokeStyle = color; g.lineWidth = w; g.setLineDash(dash); g.beginPath(); g.moveTo(x1, y1); g.lineTo(x2, y2); g.stroke(); g.setLineDash([]); };
  const text = (s, px, py, align = 'right') => { g.fillStyle = ink('soft'); g.textAlign = align; g.fillText(s, px, py); };
  for (const v of logged ? decades(low, top) : steps(low, top, 5)) { line(left, y(v), right, y(v), ink('line')); text(number(v), left - 7, y(v) + 4); }
  text('price' + (logged ? ', logarithmic' : ''), 4, 11, 'left');
  g.save(); g.beginPath(); g.rect(left, 0, right - left, high); g.clip();
  const body = Math.max(1, Math.min(11, (right - left) / span * per * .7));
  for (const c of candles) {
    const mid = x((c.i + c.end - 1) / 2), up = c.c >= c.o, color = up ? ink('gain') : ink('loss');
    line(mid, y(c.h), mid, y(c.l), color);
    const a = y(Math.max(c.o, c.c)), b = Math.max(1, y(Math.min(c.o, c.c)) - a);
    g.fillStyle = up ? ink('paper') : color;
    g.fillRect(mid - body / 2, a, body, b);
    g.strokeStyle = color; g.lineWidth = 1; g.strokeRect(mid - body / 2, a, body, b);
  }
  // Where trades are many their marks are small.
  const mark = trades.length > (right - left) / 12 ? .55 : 1;
  for (const { n, a, b, t } of trades) {
    const [x1, y1, x2, y2] = [x(a), y(t[3]), x(b), y(t[4])];
    line(x1, y1, x2, y2, ink('ink'), t[5] < 0 ? [4, 3] : [], n === at ? 2.5 : 1.2);
    g.fillStyle = ink(t[2] > 0 ? 's3' : 's4'); g.strokeStyle = ink('paper'); g.lineWidth = 1;
    g.beginPath(); g.moveTo(x1, y1); g.lineTo(x1 - 5 * mark, y1 + t[2] * 9 * mark); g.lineTo(x1 + 5 * mark, y1 + t[2] * 9 * mark); g.closePath(); g.fill(); g.stroke();
    if (!t[6]) { g.beginPath(); g.arc(x2, y2, 3.2 * mark, 0, 7); g.fillStyle = ink('paper'); g.strokeStyle = ink('ink'); g.fill(); g.stroke(); }
  }
  g.restore();
  equity(left, right, x, text, line, ink);
  for (const [i, label] of turns(Math.max(0, Math.ceil(from)), Math.min(market.t.length, Math.floor(to)), right - left)) {
    const px = x(i), half = g.measureText(label).width / 2;
    line(px, TOP + PRICE + GAP + EQUITY, px, TOP + PRICE + GAP + EQUITY + 4, ink('strong'));
    text(label, Math.min(right - half, Math.max(left + half, px)), TOP + PRICE + GAP + EQUITY + 18, 'center');
  }
  text('Time, UTC', right, high - 4);
  cross(left, right, per, line, ink);
  const first = Math.max(0, Math.floor(from)), last = Math.min(market.t.length, Math.ceil(to)) - 1, t = at >= 0 ? now.trades[at] : null;
  say(`${market.s}, ${per * market.per === 1 ? 'bars of ' + market.tf : 'candles of ' + per * market.per + ' bars of ' + market.tf}, ${stamp(market.t[first])} to ${stamp(market.t[last])}. `
    + (t ? `Trade ${at + 1} of ${now.trades.length}: ${sentence(t)}` : `${trades.length} of ${now.trades.length} trade${now.trades.length === 1 ? '' : 's'} in view.`));
}
// Each date on one line.
const say = s => out.replaceChildren(...s.split(/(\d{4}-\d\d-\d\d(?: \d\d:\d\d)?)/).map((part, k) => { if (k % 2 === 0) return part; const e = document.createElement('span'); e.className = 'date'; e.textContent = part; return e; }));
const sentence = t => `${t[2] > 0 ? 'long' : 'short'} ${stamp(t[0])} at ${number(t[3])} → ${t[6] ? 'still open' : stamp(t[1]) + ' at ' + number(t[4]) + ' by ' + t[7]}, net ${number(Math.round(t[5] * 100) / 100)}`;

function equity(left, right, x, text, line, ink) {
  const base = TOP + PRICE + GAP;
  text('equity of its own account, at the ends of periods', 4, base - 8, 'left');
  if (!now.e) { text('not traced', left + 8, base + 20, 'left'); return; }
  const points = [[now.t, now.e0]];
  now.e.forEach((v, k) => points.push([now.t + (k + 1) * now.p - 1, v]));
  const seen = points.map(([m, v]) => [barOf(m), v]).filter(([i]) => i >= from - 1 && i <= to + 1);
  if (seen.length < 2) return;
  let low = Math.min(...seen.map(p => p[1])), high = Math.max(...seen.map(p => p[1]));
  if (low === high) { low *= .99; high *= 1.01; }
  const logged = log.checked && low > 0 && high > 2 * low;
  const y = v => base + EQUITY * (1 - (logged ? Math.log(v / low) / Math.log(high / low) : (v - low) / (high - low)));
  for (const v of logged ? decades(low, high) : steps(low, high, 3)) { line(left, y(v), right, y(v), ink('line')); text(compact(v), left - 7, y(v) + 4); }
  g.save(); g.beginPath(); g.rect(left, base - 2, right - left, EQUITY + 4); g.clip();
  g.strokeStyle = ink('s1'); g.lineWidth = 1.6; g.beginPath();
  seen.forEach(([i, v], k) => k ? g.lineTo(x(i), y(v)) : g.moveTo(x(i), y(v)));
  g.stroke(); g.restore();
}

function cross(left, right, per, line, ink) {
  tip.hidden = !pointer;
  if (!pointer) return;
  const i = Math.min(market.t.length - 1, Math.max(0, Math.floor(from + (pointer - left) / (right - left) * (to - from)))), a = Math.floor(i / per) * per, b = Math.min(market.t.length, a + per);
  line(pointer, TOP, pointer, TOP + PRICE + GAP + EQUITY, ink('strong'));
  const rows = [stamp(market.t[a]), 'open ' + number(market.o[a]), 'high ' + number(Math.max(...market.h.slice(a, b))), 'low ' + number(Math.min(...market.l.slice(a, b))), 'close ' + number(market.c[b - 1])];
  if (now.e) { const k = Math.floor((market.t[b - 1] - now.t) / now.p); if (k >= 0 && k < now.e.length) rows.push('equity ' + number(now.e[k])); }
  tip.replaceChildren(...rows.map((r, k) => { const e = document.createElement(k ? 'div' : 'b'); e.textContent = r; return e; }));
  tip.style.left = Math.max(0, pointer > (left + right) / 2 ? pointer - tip.offsetWidth - 12 : pointer + 12) + 'px';
  tip.style.top = TOP + 'px';
}

// Zoom by a factor around a share of the view; pan by a share of it.
const zoom = (by, share = .5) => {
  const span = Math.min(market.t.length, Math.max(12, (to - from) * by)), mid = from + (to - from) * share;
  from = Math.min(market.t.length - span, Math.max(0, mid - span * share));
  to = from + span;
  draw();
};
const pan = share => { const span = to - from; from = Math.min(market.t.length - span, Math.max(0, from + share * span)); to = from + span; draw(); };
const step = by => {
  if (!now.trades.length) return;
  at = at < 0 ? (by > 0 ? 0 : now.trades.length - 1) : (at + by + now.trades.length) % now.trades.length;
  const a = barOf(now.trades[at][0]), b = barOf(now.trades[at][1]), air = Math.max(20, (b - a) * .6);
  from = Math.max(0, a - air);
  to = Math.min(market.t.length, b + air);
  draw();
};
const acts = { in: () => zoom(.5), out: () => zoom(2), left: () => pan(-.5), right: () => pan(.5), all: () => { [from, to, at] = [0, market.t.length, -1]; draw(); }, before: () => step(-1), next: () => step(1) };
box.addEventListener('click', e => acts[e.target.closest('button')?.dataset.act]?.());
box.querySelector('form').addEventListener('submit', e => e.preventDefault());
pick.onchange = () => show(pick.value);
log.onchange = draw;
canvas.addEventListener('keydown', e => { const act = { '+': 'in', '-': 'out', ArrowLeft: 'left', ArrowRight: 'right', Home: 'all', PageUp: 'before', PageDown: 'next' }[e.key]; if (act) { e.preventDefault(); acts[act](); } });
// The wheel scrolls the page until the chart has the focus.
canvas.addEventListener('wheel', e => { if (document.activeElement !== canvas && !e.ctrlKey) return; e.preventDefault(); const r = canvas.getBoundingClientRect(); zoom(e.deltaY > 0 ? 1.25 : .8, (e.clientX - r.left) / r.width); }, { passive: false });
const fingers = new Map();
canvas.addEventListener('pointerdown', e => { fingers.set(e.pointerId, e.clientX); canvas.setPointerCapture(e.pointerId); canvas.focus({ preventScroll: true }); });
canvas.addEventListener('pointermove', e => {
  const r = canvas.getBoundingClientRect();
  if (fingers.has(e.pointerId)) {
    const others = [...fingers].filter(f => f[0] !== e.pointerId), before = fingers.get(e.pointerId);
    fingers.set(e.pointerId, e.clientX);
    pointer = null;
    if (others.length) { const o = others[0][1]; if (Math.abs(e.clientX - o) > 4) zoom(Math.abs(before - o) / Math.abs(e.clientX - o), ((e.clientX + o) / 2 - r.left) / r.width); }
    else pan((before - e.clientX) / r.width);
  } else { pointer = e.clientX - r.left; draw(); }
});
for (const end of ['pointerup', 'pointercancel']) canvas.addEventListener(end, e => fingers.delete(e.pointerId));
canvas.addEventListener('pointerleave', () => { pointer = null; draw(); });
new ResizeObserver(() => draw()).observe(canvas);
new MutationObserver(() => draw()).observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => draw());
new IntersectionObserver((seen, o) => { if (seen.some(s => s.isIntersecting)) { o.disconnect(); load(); } }, { rootMargin: '600px' }).observe(box);
})();

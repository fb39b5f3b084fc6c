import { describe, expect, it } from 'vitest';
import { paceOf, type Job } from '../src/views/jobs/job';
import { sentenceOf } from '../src/views/jobs/Result';
import { heat } from '../src/components/HeatTable';
import { benchmarkAt } from '../src/views/runs/Analysis';
import { yearsOf } from '../src/views/runs/Months';
import { mapOf, median, stabilityOf, varied } from '../src/views/runs/parameters';
import { verdictOf, type Strategy } from '../src/views/runs/run';
import { bundlesOf, dealsAt, nextDeal, type Mark } from '../src/components/marks';
import { stretchFor } from '../src/components/PriceChart';
import { Problem } from '../src/api/problem';
import { linesOf, shownFactors, withFactors } from '../src/components/factorLines';
import { changeChart } from '../src/components/chartSettings';
import { besideTexts, labelsOf, rangeWith } from '../src/components/tradeLayer';
import { levelsOfAccount, marksOfLog } from '../src/views/live/Price';
import { levelsOf, marksOf, stopsOf } from '../src/views/runs/StrategyChart';

const strategy = (fast: number, slow: number, sharpe: number): Strategy => ({
    id: `${fast}/${slow}/${sharpe}`,
    class: 'A',
    params: { fast, slow, fixed: 1 },
    symbol: 'S',
    timeframe: '1h',
    stats: { sharpe },
});

describe('a map of parameters', () => {
    const all = [strategy(1, 10, 1), strategy(1, 10, 3), strategy(2, 10, 2.5), strategy(1, 20, 1), strategy(2, 20, 2)];

    it('has the median of each pair of values', () => {
        expect(varied(all)).toEqual(['fast', 'slow']);
        const map = mapOf(all, 'fast', 'slow', 'sharpe');
        expect(map.cells[0]?.[0]).toEqual({ median: 2, count: 2, strategy: '1/10/3' });
        expect([map.xs, map.ys]).toEqual([
            [1, 2],
            [10, 20],
        ]);
        // Neighbours differ by 0.5, 1, 1, 0.5; the cells lie between 1 and 2.5: 1 - 0.75 / 1.5.
        expect(stabilityOf(map)).toBeCloseTo(0.5, 12);
        expect(median([3, 1, 2, 10])).toBe(2.5);
    });
});

describe('months', () => {
    it('compound to years', () => {
        const years = yearsOf(['2022-11-01T00:00:00Z', '2022-12-01T00:00:00Z', '2023-01-01T00:00:00Z'], [0.1, 0.1, -0.5]);
        expect(years.map((y) => y.year)).toEqual([2022, 2023]);
        expect(years[0]?.total).toBeCloseTo(0.21, 12);
        expect([heat(0.1, 0.1), heat(-0.02, 0.1), heat(0, 0.1)]).toEqual(['g4', 'l1', '']);
    });
});

describe('a job', () => {
    it('has a rate and a remaining time', () => {
        const job = {
            state: 'running',
            startedAt: '2026-01-01T00:00:00Z',
            progress: { strategies: 10, done: 2, failed: 0, bars: 1000, barsTotal: 4000 },
        } as Job;
        expect(paceOf(job, Date.parse('2026-01-01T00:00:10Z'))).toEqual({ part: 0.25, rate: 100, remaining: 30, elapsed: 10 });
    });
});

describe('a price chart', () => {
    const whole = { from: 0, to: 1000 };

    it('loads when the reader comes near the end of what is loaded, with a screen to each side', () => {
        expect(stretchFor({ from: 500, to: 600 }, { from: 400, to: 700, detail: true }, whole)).toBeNull();
        expect(stretchFor({ from: 610, to: 690 }, { from: 400, to: 700, detail: true }, whole)).toEqual({ from: 530, to: 770 });
        expect(stretchFor({ from: -50, to: 50 }, { from: 0, to: 300, detail: true }, whole)).toBeNull();
    });

    it('loads single bars when joined ones are too coarse', () => {
        expect(stretchFor({ from: 400, to: 500 }, { ...whole, detail: false }, whole)).toEqual({ from: 300, to: 600 });
        expect(stretchFor({ from: 0, to: 900 }, { ...whole, detail: false }, whole)).toBeNull();
    });

    it('puts each mark on the bar that has its time', () => {
        const trade = {
            side: 'long',
            quantity: 1,
            symbol: 'ACME',
            entryTime: '1970-01-01T00:00:15Z',
            entryPrice: 1,
            exitTime: '1970-01-01T00:01:00Z',
            exitReason: 'stop',
        } as const;
        const marksAt = (marks: Mark[], times: number[]) => bundlesOf(marks, times, { from: 0, to: times.length - 1 }, 1000);
        expect(marksAt(marksOf([trade], []), [0, 10, 20])).toEqual([{ time: 10, kind: 'buy', text: '', count: 1 }]);
        expect(marksAt(marksOf([trade], []), [0, 15, 60]).map((m) => m.text)).toEqual(['', 'stop']);
        // More than three of one bar are a number, however few bars are in sight.
        const many = marksAt(marksOf(new Array(30).fill(trade), []), [0, 15, 60]);
        expect(many.map((m) => [m.kind, m.text])).toEqual([
            ['below', '30'],
            ['above', '30'],
        ]);
    });

    it('counts the marks of neighbouring bars where they are many, and opens the counts as one zooms in', () => {
        const times = Array.from({ length: 1000 }, (_, i) => i * 60);
        const marks = times.map((time, i): Mark => ({ time, kind: i % 2 === 0 ? 'buy' : 'exit', text: '' }));
        const all = bundlesOf(marks, times, { from: 0, to: 999 }, 1000);
        expect(all.reduce((s, m) => s + m.count, 0)).toBe(1000);
        expect(all.length).toBeLessThan(80);
        const near = bundlesOf(marks, times, { from: 500, to: 600 }, 1000).filter((m) => m.time >= 500 * 60 && m.time <= 600 * 60);
        expect(near.every((m) => m.count === 1)).toBe(true);
        expect(near.length).toBe(101);
    });

    it('goes to the next trade and to the one before', () => {
        const deals = [30, 10, 20].map((from) => ({
            from,
            to: from + 5,
            entryPrice: 1,
            exitPrice: 1,
            side: 'long' as const,
            profit: 0,
            text: '',
        }));
        expect(nextDeal(deals, 10, 1)?.from).toBe(20);
        expect(nextDeal(deals, 20, -1)?.from).toBe(10);
        expect(nextDeal(deals, 30, 1)).toBeUndefined();
    });

    it('names the trades of a bar, also of the last one that is held', () => {
        const deal = (from: number, to: number | undefined, text: string) => ({
            ...{ from, to, entryPrice: 1, exitPrice: 1, side: 'long' as const, profit: 0, text },
        });
        const deals = [deal(5, 15, 'a'), deal(20, 30, 'b'), deal(50, 60, 'later'), deal(12, undefined, 'open')];
        expect(dealsAt(deals, [0, 10, 20], 0)).toEqual(['a']);
        expect(dealsAt(deals, [0, 10, 20], 2)).toEqual(['b', 'open']);
    });

    it('writes the labels of the newest levels, none over another one', () => {
        const fifty = Array.from({ length: 50 }, (_, i) => 10 + ((i * 37) % 300));
        const written = labelsOf(fifty, 320);
        expect(written[0]).toEqual({ index: 0, y: fifty[0] });
        expect(written.length).toBeLessThanOrEqual(8);
        for (const a of written) for (const b of written) if (a !== b) expect(Math.abs(a.y - b.y)).toBeGreaterThanOrEqual(15);
        expect(labelsOf([-5, 400], 320)).toEqual([]);
    });

    it('moves the label of a level beside the texts of marks, but not into the right half', () => {
        const text = (left: number, right: number, y: number) => ({ left, right, top: y - 20, bottom: y + 20 });
        const label = { y: 100, width: 80 };
        expect(besideTexts(label, [], 600)).toBe(4);
        // Above, too far below, and behind the label.
        expect(besideTexts(label, [text(10, 40, 72), text(10, 40, 128), text(90, 120, 100)], 600)).toBe(4);
        expect(besideTexts(label, [text(70, 120, 100), text(10, 40, 110)], 600)).toBe(124);
        expect(besideTexts(label, [text(10, 40, 100)], 200)).toBe(4);
    });

    it('makes room for levels that are at most half of the range of the candles away', () => {
        expect(rangeWith(100, 120, [])).toEqual({ minValue: 100, maxValue: 120 });
        expect(rangeWith(100, 120, [90, 130, 131, 50])).toEqual({ minValue: 90, maxValue: 130 });
    });
});

it('the levels of an account are those of its trades, the newest first, which the price scale makes room for', () => {
    const trade = (entry: string, more: object) => ({
        ...{ entry, strategy: 's', number: 1, symbol: 'A', side: 'buy' as const, quantity: 1, entryPrice: 100, profit: 5, byHand: false },
        ...{ enteredAt: `2024-01-0${entry}T00:00:00Z`, trails: false },
        ...more,
    });
    const account = { trades: [trade('1', { stop: 90 }), trade('2', { stop: 97.5, trails: true, target: 130 })], orders: [] };
    const levels = levelsOfAccount(account as unknown as Parameters<typeof levelsOfAccount>[0], 'A');
    expect(levels.map((l) => [l.text, l.price, l.fits])).toEqual([
        ['long +5.00', 100, true],
        ['trailing stop 97.50', 97.5, true],
        ['target 130.00', 130, true],
        ['long +5.00', 100, false],
        ['stop 90.00', 90, false],
    ]);
});

it('a chart whose factors cannot be computed is shown without them, with the reason', async () => {
    const ask = (factors: string) => (factors === '' ? Promise.resolve('bars') : Promise.reject(new Error('factors: smaa is no factor')));
    expect(await withFactors('smaa(3)', ask)).toEqual({ chart: 'bars', note: 'Factors are not shown: smaa is no factor.' });
    await expect(withFactors('', () => Promise.reject(new Error('gone')))).rejects.toThrow('gone');
    // A server that does not answer says nothing of the factors.
    await expect(withFactors('sma(3)', () => Promise.reject(new Problem(503, 'busy', '')))).rejects.toThrow('busy');
});

it('the factors of a strategy are shown without those that are hidden, and oscillators have panes of their own', () => {
    changeChart('one', { hidden: ['sma(5)'], added: ['rsi(14)', 'sma(20)'] });
    expect(shownFactors('one', ['sma(5)', 'sma(20)'])).toEqual(['sma(20)', 'rsi(14)']);
    const lines = linesOf([
        { name: 'sma(20)', values: [1] },
        { name: 'rsi(14)', values: [50] },
    ]);
    expect(lines.map((l) => [l.name, l.pane])).toEqual([
        ['sma(20)', undefined],
        ['rsi(14)', 'rsi'],
    ]);
});

it('the verdict is good only where all checks passed', () => {
    expect(verdictOf({ verdict: { mayBeTraded: false, passed: 1, checks: 2 } }).text).toBe('Do not trade');
    expect(verdictOf({ verdict: { mayBeTraded: true, passed: 2, checks: 2 } }).kind).toBe('yes');
    expect(verdictOf({ verdict: { mayBeTraded: false, passed: 0, checks: 0 } }).text).toBe('Not checked');
});

describe('stops and targets', () => {
    it('are lines from entry to exit, and only those that a signal set', () => {
        const at = (hour: number) => `2024-01-01T0${hour}:00:00Z`;
        const times = [0, 1, 2, 3, 4].map((h) => Date.parse(at(h)) / 1000);
        const signal = { time: at(0), side: 'long', decision: 'accepted' } as const;
        const lines = stopsOf(
            [
                { ...signal, stop: 95, entryTime: at(1), exitTime: at(2) },
                { ...signal, stop: 97, entryTime: at(4) },
                { ...signal, stop: 90 },
            ],
            times,
        );
        expect(lines.map((l) => l.name)).toEqual(['Stop']);
        expect(lines[0]?.values).toEqual([null, 95, 95, null, 97]);
    });

    it('are those of the server where it could run the strategy again', () => {
        const bars = {
            ...{ symbol: 'A', timeframe: '1h', rows: 2, joined: 1, prices: 'raw' as const },
            ...{ times: [], open: [], high: [], low: [], close: [], volume: [] },
        };
        const levels = { stops: [94, 95], targets: [null, null], why: null };
        expect(levelsOf({ bars, factors: [], levels })).toEqual([{ name: 'Stop', colour: 'loss', dashed: true, values: [94, 95] }]);
        expect(levelsOf({ bars, factors: [], levels: { stops: [], targets: [], why: 'No trades.csv.' } })).toBeNull();
    });
});

describe('the result of a job', () => {
    it('is a sentence that counts what the file has', () => {
        const causality = { strategies: 1008, found: [], factorsFound: [] };
        expect(sentenceOf('verify', { expected: 'a', actual: 'a', dataChanged: [], causality })).toBe(
            'The run was repeated with the same digest. No look-ahead in 1,008 strategies.',
        );
        expect(sentenceOf('verify', { expected: 'a', actual: 'b', dataChanged: ['X'], causality: { ...causality, found: [{}] } })).toBe(
            'The run could not be repeated: its bars have changed. 1 case of look-ahead in 1,008 strategies.',
        );
        const files = [
            { added: 10, replaced: 1, unchanged: 2 },
            { added: 5, replaced: 0, unchanged: 0 },
        ];
        expect(sentenceOf('import', { files, faults: ['x'] })).toBe('2 files: 15 bars added, 1 replaced, 2 unchanged. 1 market failed.');
        expect(sentenceOf('experiment', [{ error: null }, { error: 'x' }])).toBe(
            '2 combinations of trainer and label were compared, 1 failed.',
        );
        expect(sentenceOf('train', {})).toBe('');
    });
});

describe('the price chart of a session', () => {
    const entry = { sequence: 1, time: '2024-01-01T01:00:00Z', strategy: 'S', symbol: 'A', text: '' };

    it('has a mark for each fill, signal and refusal at its bar', () => {
        const marks = marksOfLog([
            { ...entry, kind: 'fill', side: 'sell', price: 1, role: 'entry' },
            { ...entry, kind: 'fill', side: 'buy', price: 1, role: 'stop-loss' },
            { ...entry, kind: 'refusal' },
            { ...entry, kind: 'signal', side: 'buy' },
            { ...entry, kind: 'operator' },
        ]);
        expect(marks.map((m) => [m.kind, m.text])).toEqual([
            ['sell', ''],
            ['exit', 'stop'],
            ['refused', ''],
            ['signal', ''],
        ]);
        const bars = ['2024-01-01T00:00:00Z', '2024-01-01T01:00:00Z'].map((t) => Date.parse(t) / 1000);
        expect(bundlesOf(marks, bars, { from: 0, to: 1 }, 1000).map((m) => m.time)).toEqual([bars[1], bars[1], bars[1], bars[1]]);
    });
});

it('draws the benchmark at the times of the equity: its last value until then', () => {
    const benchmark = { name: 'ACME', times: ['2024-01-02T00:00:00Z', '2024-01-04T00:00:00Z'], values: [100, 110] };
    const days = ['2024-01-01', '2024-01-02', '2024-01-03', '2024-01-04', '2024-01-05'].map((d) => Date.parse(d) / 1000);
    expect(benchmarkAt(benchmark, days)).toEqual([null, 100, 100, 110, 110]);
});

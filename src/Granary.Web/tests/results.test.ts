import { describe, expect, it } from 'vitest';
import { paceOf, type Job } from '../src/views/jobs/job';
import { sentenceOf } from '../src/views/jobs/Result';
import { heat } from '../src/components/HeatTable';
import { benchmarkAt } from '../src/views/runs/Analysis';
import { yearsOf } from '../src/views/runs/Months';
import { mapOf, median, stabilityOf, varied } from '../src/views/runs/parameters';
import { verdictOf, type Strategy } from '../src/views/runs/run';
import { marksAt, stretchFor } from '../src/components/PriceChart';
import { marksOfLog } from '../src/views/live/Price';
import { levelsOf, marksOf, stopsOf } from '../src/views/runs/StrategyChart';
import { filterOf } from '../src/views/runs/StrategyList';

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
        expect(marksAt(marksOf([trade], []), [0, 10, 20])).toEqual([{ time: 10, kind: 'buy', text: '' }]);
        expect(marksAt(marksOf([trade], []), [0, 15, 60]).map((m) => m.text)).toEqual(['', 'stop']);
        const many = marksAt(marksOf(new Array(30).fill(trade), []), [0, 15, 60]);
        expect([many.length, many.every((m) => m.text === '')]).toEqual([60, true]);
    });
});

it('a text that is no condition finds strategies by their id', () => {
    expect(filterOf('SmaCross, trades>=30')).toBe('id~SmaCross,trades>=30');
    expect(filterOf(' ')).toBe('');
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
    const entry = { sequence: 1, timestamp: '2024-01-01T01:00:00Z', strategy: 'S', symbol: 'A', text: '' };

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
        expect(marksAt(marks, bars).map((m) => m.time)).toEqual([bars[1], bars[1], bars[1], bars[1]]);
    });
});

it('draws the benchmark at the times of the equity: its last value until then', () => {
    const benchmark = { name: 'ACME', times: ['2024-01-02T00:00:00Z', '2024-01-04T00:00:00Z'], values: [100, 110] };
    const days = ['2024-01-01', '2024-01-02', '2024-01-03', '2024-01-04', '2024-01-05'].map((d) => Date.parse(d) / 1000);
    expect(benchmarkAt(benchmark, days)).toEqual([null, 100, 100, 110, 110]);
});

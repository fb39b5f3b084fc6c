import { useMemo, useState } from 'preact/hooks';
import { json, type Schemas } from '../../api/client';
import { useQuery } from '../../api/useQuery';
import { PriceChart, type Mark, type PriceLine } from '../../components/PriceChart';
import { Failed, Loading } from '../../components/States';
import { number } from '../../format/numbers';
import { date } from '../../format/times';
import { runPath, type RunDetails, type Strategy } from './run';
import type { Signal, Trade } from './StrategyDetails';

/** Bars in one answer: a screen has fewer pixels, and the reader can pan a screen to each side before more are needed. */
const points = 1500;
/** More marks than this cover the prices: they appear as one zooms in. */
const mostMarks = 400;
/** More marks than this have no text: the texts would cover one another. */
const mostTexts = 40;

interface Stretch {
    from: number;
    to: number;
}

/** The stretch to load for what is in sight: null while what is loaded has it, in single bars or at least a quarter of the loaded width. */
export function stretchFor(sight: Stretch, loaded: Stretch & { detail: boolean }, whole: Stretch): Stretch | null {
    const from = Math.max(sight.from, whole.from);
    const to = Math.min(sight.to, whole.to);
    const width = to - from;
    if (width <= 0) return null;
    // Half a screen to each side, so that the next bars are there before the reader comes to them.
    const isInside = Math.max(from - width / 2, whole.from) >= loaded.from && Math.min(to + width / 2, whole.to) <= loaded.to;
    const isFine = loaded.detail || width * 4 > loaded.to - loaded.from;
    return isInside && isFine ? null : { from: Math.max(from - width, whole.from), to: Math.min(to + width, whole.to) };
}

const iso = (seconds: number) => new Date(Math.round(seconds) * 1000).toISOString();
const seconds = (text: string) => Date.parse(text) / 1000;
const oscillators =
    /^(rsi|stochastic|williams|cci|roc|momentum|adx|aroon|atr|natr|macd|obv|mfi|cmf|stddev|zscore|return|volatility|efficiency|slope)/;

/** Prices with the trades, signals, stops and factors of a strategy. The server sends the detail that is in sight. */
export function StrategyChart(props: { run: RunDetails; strategy: Strategy; trades: Trade[]; signals: Signal[] }) {
    const { run, strategy, trades, signals } = props;
    const factors = useFactors(run.id, strategy.id);
    const [stretch, setStretch] = useState<Stretch | null>(null);
    const symbol = strategy.symbol.split('+')[0] ?? strategy.symbol;
    const query = new URLSearchParams({
        symbol,
        timeframe: strategy.timeframe,
        points: String(points),
        factors: (factors ?? []).join(';'),
        strategy: strategy.id,
    });
    if (stretch) {
        query.set('from', iso(stretch.from));
        query.set('to', iso(stretch.to));
    }
    const path = `${runPath(run.id)}/chart?${query}`;
    const chart = useQuery(factors ? path : null, () => json<Schemas['ChartBars']>(path));
    const [last, setLast] = useState<Schemas['ChartBars']>();
    const [whole, setWhole] = useState<Stretch | null>(null);
    if (chart.data && chart.data !== last) setLast(chart.data);
    const shown = chart.data ?? last;
    const times = useMemo(() => shown?.bars.times.map(seconds) ?? [], [shown]);
    if (whole === null && stretch === null && times.length > 0) setWhole({ from: times[0] ?? 0, to: (times.at(-1) ?? 0) + 1 });
    const candles = useMemo(() => candlesOf(shown, times), [shown, times]);
    const lines = useMemo(
        () => [...linesOf(shown, times), ...(levelsOf(shown, times) ?? stopsOf(signals, times))],
        [shown, signals, times],
    );
    const marks = useMemo(() => marksOf(trades, signals, times), [trades, signals, times]);
    if (chart.problem && !shown) return <Failed problem={chart.problem} retry={chart.reload} />;
    if (!shown) return <Loading height={500} />;
    const detail = shown.bars.rows <= points;
    const pan = (from: number, to: number) => {
        if (chart.loading || whole === null) return;
        const next = stretchFor({ from, to }, { ...(stretch ?? whole), detail }, whole);
        if (next) setStretch(next);
    };
    return (
        <figure class="chart">
            <figcaption>
                <span class="name">
                    {symbol}, {strategy.timeframe}
                </span>
                <span class="legend">
                    <span class="buy">▲ entry long</span>
                    <span class="sell">▼ entry short</span>
                    <span>● exit</span>
                    <span>■ refused</span>
                    {lines.some((l) => l.name === 'Stop' || l.name === 'Target') && (
                        <span>┄ stop and target{shown.levels?.why ? ', as the signal set them' : ''}</span>
                    )}
                </span>
            </figcaption>
            <PriceChart
                summary={`Prices of ${symbol} from ${date(shown.bars.times[0])} with ${number(trades.length)} trades`}
                symbol={symbol}
                candles={candles}
                lines={lines}
                marks={marks}
                onRange={pan}
                height={440}
            />
            <p class="note" role="status">
                {detail
                    ? 'Each candle is one bar.'
                    : `Each candle joins ${number(Math.ceil(shown.bars.rows / candles.length))} bars: zoom in for single bars.`}{' '}
                {marks.length === 0 && trades.length > 0
                    ? detail
                        ? 'No trade of the list is in sight.'
                        : 'Zoom in to see the trades.'
                    : ''}{' '}
                {shown.levels?.why && trades.length > 0 ? `Stops that move are not shown. ${shown.levels.why} ` : ''}
                Prices by lightweight-charts of TradingView.
            </p>
        </figure>
    );
}

// The names of the factors that the strategy used: those of its first entries.
function useFactors(run: string, strategy: string): string[] | undefined {
    const path = `${runPath(run)}/factors?strategy=${encodeURIComponent(strategy)}&limit=30`;
    const rows = useQuery(`run/${run}/factors/${strategy}`, () =>
        json<{ items: { factor?: string }[] }>(path).catch(() => ({ items: [] })),
    );
    return useMemo(() => rows.data && [...new Set(rows.data.items.flatMap((r) => (r.factor ? [r.factor] : [])))].slice(0, 6), [rows.data]);
}

function candlesOf(chart: Schemas['ChartBars'] | undefined, times: number[]) {
    const b = chart?.bars;
    return times.map((time, i) => ({ time, open: b?.open[i] ?? 0, high: b?.high[i] ?? 0, low: b?.low[i] ?? 0, close: b?.close[i] ?? 0 }));
}

function linesOf(chart: Schemas['ChartBars'] | undefined, times: number[]): PriceLine[] {
    const colours = ['s2', 's1', 's3', 's4', 'soft', 'loss'];
    return (chart?.factors ?? []).map((f, i) => ({
        name: f.name,
        colour: colours[i % colours.length] ?? 's1',
        below: oscillators.test(f.name),
        points: times.map((time, at) => ({ time, value: f.values[at] ?? null })),
    }));
}

const levelLine = (name: 'Stop' | 'Target', times: number[], values: (number | null)[]): PriceLine => ({
    name,
    colour: name === 'Stop' ? 'loss' : 'gain',
    dashed: true,
    points: times.map((time, i) => ({ time, value: values[i] ?? null })),
});

/** The stops and targets of trades as the server found them by running the strategy again; null where it could not. */
export function levelsOf(chart: Schemas['ChartBars'] | undefined, times: number[]): PriceLine[] | null {
    if (!chart?.levels || chart.levels.why) return null;
    const { stops, targets } = chart.levels;
    return [levelLine('Stop', times, stops), levelLine('Target', times, targets)].filter((l) => l.points.some((p) => p.value !== null));
}

/** The stops and targets of trades as lines from entry to exit, as the signals set them. */
export function stopsOf(signals: Signal[], times: number[]): PriceLine[] {
    const first = times[0];
    const last = times.at(-1);
    if (first === undefined || last === undefined) return [];
    const lineOf = (name: 'Stop' | 'Target', priceOf: (signal: Signal) => number | undefined): PriceLine[] => {
        const values = new Array<number | null>(times.length).fill(null);
        let any = false;
        for (const s of signals) {
            const price = priceOf(s);
            if (!price || !s.entryTime) continue;
            const [from, to] = [seconds(s.entryTime), s.exitTime ? seconds(s.exitTime) : last];
            if (to < first || from > last) continue;
            any = true;
            const start = indexOf(times, from);
            const end = indexOf(times, to);
            for (let i = start; i <= end; i++) values[i] = price;
        }
        return any ? [levelLine(name, times, values)] : [];
    };
    return [...lineOf('Stop', (s) => s.stop), ...lineOf('Target', (s) => s.target)];
}

/** The marks of trades and refused signals within the bars in sight, each at the bar that has its time. */
export function marksOf(trades: Trade[], signals: Signal[], times: number[]): Mark[] {
    const first = times[0];
    const last = times.at(-1);
    if (first === undefined || last === undefined) return [];
    const marks: Mark[] = [];
    const add = (text: string | undefined, kind: Mark['kind'], label: string) => {
        if (text === undefined) return;
        const time = seconds(text);
        if (time >= first && time <= last + 1) marks.push({ time: times[indexOf(times, time)] ?? time, kind, text: label });
    };
    for (const t of trades) {
        add(t.entryTime, t.side === 'long' ? 'buy' : 'sell', '');
        add(t.exitTime, 'exit', t.exitReason === 'signal' ? '' : (t.exitReason ?? ''));
    }
    for (const s of signals) if (s.decision !== 'accepted') add(s.time, 'refused', s.decision);
    if (marks.length > mostMarks) return [];
    const shown = marks.length > mostTexts ? marks.map((m) => ({ ...m, text: '' })) : marks;
    return shown.sort((a, b) => a.time - b.time);
}

// The place of the last bar that opens at or before a time.
function indexOf(times: number[], time: number): number {
    let low = 0;
    let high = times.length - 1;
    while (low < high) {
        const middle = (low + high + 1) >> 1;
        if ((times[middle] ?? 0) <= time) low = middle;
        else high = middle - 1;
    }
    return low;
}

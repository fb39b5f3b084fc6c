import type { ComponentChildren } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Schemas } from '../api/client';
import { useQuery, useVersion } from '../api/useQuery';
import { number } from '../format/numbers';
import { date } from '../format/times';
import { Failed, Loaded, Loading } from './States';

export type Bars = Schemas['RunBars'];

/** A range of time, seconds since 1970. */
export interface Stretch {
    from: number;
    to: number;
}

export interface PriceLine {
    name: string;
    colour: string;
    /** One value for each bar. */
    values: readonly (number | null)[];
    /** Whether the line is a level of trades, which is drawn dashed and without its newest value at the axis. */
    dashed?: boolean;
    /** Lines of one name share a pane below the prices: oscillators. */
    pane?: string | undefined;
}

export interface Mark {
    /** Seconds since 1970; the mark is drawn at the bar that contains this time. */
    time: number;
    kind: 'buy' | 'sell' | 'exit' | 'signal' | 'refused';
    text: string;
}

/** A current price level: the stop of an open trade, or an open order. */
export interface Level {
    price: number;
    text: string;
    colour: string;
}

export interface Prices {
    bars: Bars;
    lines?: PriceLine[];
    /** A note below the chart. */
    note?: string | undefined;
}

interface Props {
    /** Identifies the content; another name loads other bars. */
    name: string;
    symbol: string;
    /** Replaces the symbol above the chart, for example by a choice of symbols. */
    title?: ComponentChildren;
    /** The timeframe of the bars; longer ones can be chosen. */
    timeframe: string;
    /** Loads bars for a query of the server. */
    load: (query: Record<string, string>) => Promise<Prices>;
    marks?: readonly Mark[] | undefined;
    levels?: readonly Level[] | undefined;
    legend?: ComponentChildren;
    /** The time to show, seconds since 1970; a new value moves the chart there. */
    goTo?: { time: number } | undefined;
    /** The range of the page, which the chart shows; null for all bars. */
    range?: Stretch | null;
    /** Chooses the range of the page; with it the chart has a button that narrows the page to the bars in sight. */
    onChoose?: (range: Stretch | null) => void;
    /** Called with the time of a bar on which the user has double-clicked, seconds since 1970. */
    onPick?: ((time: number) => void) | undefined;
    /** A new number reloads the bars, because more bars have closed. */
    version?: number;
    height?: number;
    /** Whether the chart begins at the newest bars and moves on with them until the user moves it; default: all bars. */
    follow?: boolean;
}

/** Number of bars in the first view of a chart that follows the newest bar. */
const followed = 80;

/** Bars in one answer: more than the pixels of a screen, so that the user can pan by a screen before more bars are loaded. */
export const mostBars = 1500;
/** More marks than this would cover the prices, so they appear only after zooming in. */
const mostMarks = 400;
/** More marks than this have no text, because the texts would overlap. */
const mostTexts = 40;

const minutes: Record<string, number> = { '1m': 1, '5m': 5, '15m': 15, '30m': 30, '1h': 60, '4h': 240, '1d': 1440, '1w': 10080 };
const ranges: [title: string, days: number][] = [
    ['1D', 1],
    ['1W', 7],
    ['1M', 30],
    ['3M', 91],
    ['1Y', 365],
    ['All', Infinity],
];

const bases: Record<Bars['prices'], string> = {
    raw: 'Prices are raw: as the source has them, not adjusted for splits and dividends.',
    adjusted: 'Prices are adjusted for splits and dividends by the source’s adjusted closes, as of its newest bar.',
};

const iso = (seconds: number) => new Date(Math.round(seconds) * 1000).toISOString();
export const seconds = (text: string) => Date.parse(text) / 1000;

/** The range to load for the view; null while the loaded bars suffice: single bars, or a view of at least a quarter of the loaded range. */
export function stretchFor(sight: Stretch, loaded: Stretch & { detail: boolean }, whole: Stretch): Stretch | null {
    const from = Math.max(sight.from, whole.from);
    const to = Math.min(sight.to, whole.to);
    const width = to - from;
    if (width <= 0) return null;
    // Half a screen to each side, so that the next bars are loaded before the user pans to them.
    const isInside = Math.max(from - width / 2, whole.from) >= loaded.from && Math.min(to + width / 2, whole.to) <= loaded.to;
    const isFine = loaded.detail || width * 4 > Math.min(loaded.to, whole.to) - loaded.from;
    return isInside && isFine ? null : { from: Math.max(from - width, whole.from), to: Math.min(to + width, whole.to) };
}

/** The index of the last bar that opens at or before a time. */
export function indexOf(times: readonly number[], time: number): number {
    let low = 0;
    let high = times.length - 1;
    while (low < high) {
        const middle = (low + high + 1) >> 1;
        if ((times[middle] ?? 0) <= time) low = middle;
        else high = middle - 1;
    }
    return low;
}

/** The marks of the visible bars, each at the bar that contains its time; none if they would cover the prices. */
export function marksAt(marks: readonly Mark[], times: readonly number[]): Mark[] {
    const [first, last] = [times[0] ?? Infinity, times.at(-1) ?? -Infinity];
    const end = last + (times.length > 1 ? last - (times.at(-2) ?? last) : 1);
    const inside = marks.filter((m) => m.time >= first && m.time <= end);
    if (inside.length > mostMarks) return [];
    return inside
        .map((m) => ({ ...m, time: times[indexOf(times, m.time)] ?? m.time, text: inside.length > mostTexts ? '' : m.text }))
        .sort((a, b) => a.time - b.time);
}

/**
 * Prices as candles with volume, lines, levels and marks. The server sends the timeframe and the detail that are in sight. Drag to pan; the
 * wheel zooms while the chart has the focus, and so do + and -. The library that draws is loaded with the first chart.
 */
export function PriceChart(props: Props) {
    const { load, marks, version = 0 } = props;
    const figure = useRef<HTMLElement>(null);
    const [timeframe, setTimeframe] = useState(props.timeframe);
    const [stretch, setStretch] = useState<Stretch | null>(null);
    const [whole, setWhole] = useState<Stretch | null>(null);
    const [wanted, setWanted] = useState<Stretch>();
    const [following, setFollowing] = useState(props.follow === true);
    const [log, setLog] = useState(false);
    const code = useQuery('code/PriceCanvas', () => import('./PriceCanvas'));
    const query = { symbol: props.symbol, timeframe, ...(stretch ? spanOf(stretch) : {}) };
    const prices = useQuery(`${props.name} ${JSON.stringify(query)}`, () => load(query));
    const [last, setLast] = useState<Prices>();
    if (prices.data && prices.data !== last) setLast(prices.data);
    const shown = prices.data ?? last;
    const bars = shown?.bars;
    const times = useMemo(() => bars?.times.map(seconds) ?? [], [bars]);
    const detail = bars !== undefined && bars.rows <= bars.times.length;
    useEffect(() => {
        const [from, to] = [times[0], times.at(-1)];
        if (from === undefined || to === undefined) return;
        setWhole((w) => (w === null ? { from, to: to + 1 } : { from: Math.min(w.from, from), to: Math.max(w.to, to + 1) }));
    }, [times]);
    useVersion(prices, version);
    const seen = useRef<Stretch>();
    // The range to which the user has moved the chart while bars were being loaded, unless it was sent elsewhere since.
    const owed = useRef<Stretch>();
    const loadFor = (sight: Stretch) => {
        const next = whole && stretchFor(sight, { ...(stretch ?? whole), detail }, whole);
        // A range up to the last bar has no end, so that new bars are included.
        if (next) setStretch(next.to >= whole.to ? { from: next.from, to: Infinity } : next);
    };
    // How often the chart was sent elsewhere, and what it knows of it: what it reports of the time before is too late.
    const [sent, setSent] = useState(0);
    const lastSent = useRef(0);
    const send = () => setSent(++lastSent.current);
    const move = (sight: Stretch, seenSent: number, hasLeft: boolean | undefined) => {
        if (seenSent !== lastSent.current) return;
        seen.current = sight;
        if (hasLeft !== undefined) setFollowing(props.follow === true && !hasLeft);
        if (prices.loading) owed.current = sight;
        else loadFor(sight);
    };
    const loadOwed = useRef(() => {});
    loadOwed.current = () => {
        if (prices.loading || owed.current === undefined) return;
        loadFor(owed.current);
        owed.current = undefined;
    };
    useEffect(() => loadOwed.current(), [prices.loading]);
    const go = (sight: Stretch) => {
        send();
        owed.current = undefined;
        seen.current = sight;
        setFollowing(props.follow === true && sight.to >= (times.at(-1) ?? Infinity));
        loadFor(sight);
        setWanted(sight);
    };
    const loadNewest = () => {
        owed.current = undefined;
        const [from, to] = [times[0] ?? 0, times.at(-1) ?? 0];
        const step = (to - from) / Math.max(1, (bars?.rows ?? 1) - 1);
        setStretch({ from: (whole?.to ?? to) - 2 * followed * step, to: Infinity });
    };
    const jump = () => {
        send();
        setFollowing(true);
        loadNewest();
    };
    const { goTo } = props;
    // Sixty bars to each side of a time.
    const around = (time: number) => go({ from: time - 3600 * (minutes[timeframe] ?? 60), to: time + 3600 * (minutes[timeframe] ?? 60) });
    const latest = useRef(around);
    latest.current = around;
    useEffect(() => {
        if (goTo === undefined) return;
        latest.current(goTo.time);
        figure.current?.scrollIntoView({ block: 'nearest' });
    }, [goTo]);
    const { range, onChoose } = props;
    const isKnown = whole !== null;
    const shownRange = useRef<Stretch | null>(null);
    const narrowTo = useRef<(range: Stretch | null) => void>(() => {});
    narrowTo.current = (next) => whole && go(next ? { from: Math.max(next.from, whole.from), to: Math.min(next.to, whole.to) } : whole);
    useEffect(() => {
        if (!isKnown || range === undefined || range === shownRange.current) return;
        shownRange.current = range;
        narrowTo.current(range);
    }, [range, isKnown]);
    const all = useMemo(() => marks ?? [], [marks]);
    // Joined candles are too many bars for a chart that follows the newest one.
    const narrow = useRef(() => {});
    narrow.current = () => following && times.length > 1 && !detail && loadNewest();
    useEffect(() => narrow.current(), [times]);
    const inSight = useMemo(() => marksAt(all, times), [all, times]);
    if (prices.problem && !shown) return <Failed problem={prices.problem} retry={prices.reload} />;
    const height = props.height ?? 420;
    if (!shown || !bars) return <Loading height={height + 66} />;
    const base = minutes[props.timeframe];
    return (
        <figure class="chart price" ref={figure}>
            <figcaption>
                <span class="name">
                    {props.title ?? props.symbol}, {bars.timeframe}
                </span>
                <span class="tools">
                    {ranges.map(([title, days]) => (
                        <button
                            key={title}
                            type="button"
                            aria-label={days === Infinity ? 'All bars' : `The last ${title}`}
                            onClick={() => {
                                if (whole === null) return;
                                const last = { from: Math.max(whole.from, whole.to - days * 86_400), to: whole.to };
                                if (onChoose) onChoose(days === Infinity ? null : last);
                                else go(last);
                            }}
                        >
                            {title}
                        </button>
                    ))}
                    {onChoose && (
                        <button
                            type="button"
                            title="Narrow the page to the bars in sight"
                            onClick={() => seen.current && onChoose(seen.current)}
                        >
                            Use this range
                        </button>
                    )}
                    {props.follow && !following && (
                        <button type="button" onClick={jump}>
                            Jump to now
                        </button>
                    )}
                    <select aria-label="Timeframe" value={timeframe} onChange={(e) => setTimeframe(e.currentTarget.value)}>
                        {Object.keys(minutes)
                            .filter((t) => t === props.timeframe || (base !== undefined && (minutes[t] ?? 0) > base))
                            .map((t) => (
                                <option key={t}>{t}</option>
                            ))}
                        {base === undefined && <option>{props.timeframe}</option>}
                    </select>
                    <button type="button" aria-pressed={log} onClick={() => setLog(!log)}>
                        Log
                    </button>
                    <button
                        type="button"
                        onClick={() => void (document.fullscreenElement ? document.exitFullscreen() : figure.current?.requestFullscreen())}
                    >
                        Full screen
                    </button>
                </span>
            </figcaption>
            <Loaded query={code} height={height + 24}>
                {({ PriceCanvas }) => (
                    <PriceCanvas
                        summary={`Prices of ${props.symbol} from ${date(bars.times[0])} to ${date(bars.times.at(-1))}, with ${number(all.length)} marks`}
                        symbol={props.symbol}
                        bars={bars}
                        times={times}
                        lines={shown.lines}
                        marks={inSight}
                        levels={props.levels}
                        log={log}
                        height={height}
                        follow={following ? followed : undefined}
                        show={prices.loading ? undefined : wanted}
                        onPick={props.onPick}
                        sent={sent}
                        onRange={move}
                    />
                )}
            </Loaded>
            <p class="note" role="status">
                {props.legend} {bars.joined === 1 ? '' : `Each candle joins ${number(bars.joined)} bars: zoom in for single bars.`}{' '}
                {inSight.length === 0 && all.length > 0 ? (detail ? 'No trade is in this range.' : 'Zoom in to see the trades.') : ''}{' '}
                {shown.note} {bases[bars.prices]} Chart by lightweight-charts of TradingView.
            </p>
        </figure>
    );
}

function spanOf(stretch: Stretch): Record<string, string> {
    const from = iso(stretch.from);
    return stretch.to === Infinity ? { from } : { from, to: iso(stretch.to) };
}

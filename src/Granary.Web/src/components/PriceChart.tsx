import type { ComponentChildren } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Schemas } from '../api/client';
import { useQuery, useVersion } from '../api/useQuery';
import { number } from '../format/numbers';
import { date } from '../format/times';
import { barsAround, everything, windowFor, type Aim, type Held, type Stretch } from './aim';
import { ChartMenu } from './ChartMenu';
import { ranges, spanOf, timeframesFrom } from './chartTimes';
import { changeChart, chartSettings } from './chartSettings';
import { nextDeal, type Deal, type Mark } from './marks';
import { ReplayButtons } from './ReplayButtons';
import { Failed, Loaded, Loading } from './States';
import { useReplay } from './useReplay';

export type Bars = Schemas['RunBars'];

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

/** A current price level: the stop of an open trade, or an open order. */
export interface Level {
    price: number;
    text: string;
    colour: string;
    /** Whether the price scale makes room for it, as far as the candles stay readable. */
    fits?: boolean;
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
    /** In the order of their times. */
    marks?: readonly Mark[] | undefined;
    /** The trades, of which lines are drawn, and among which the keys N and P go. */
    deals?: readonly Deal[] | undefined;
    /** The newest first. */
    levels?: readonly Level[] | undefined;
    legend?: ComponentChildren;
    /** Choices of what is drawn, among the tools. */
    tools?: ComponentChildren;
    /** What the chart remembers of the user's choices, by a name such as the strategy's id; undefined: nothing. */
    memory?: string | undefined;
    /** The trade to show, from its entry until its exit, seconds since 1970; a new object moves the chart there. */
    goTo?: { time: number; until?: number | undefined } | undefined;
    /** Called with the trade to which the user has stepped, in the place of showing it. */
    onDeal?: ((deal: Deal) => void) | undefined;
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
const mostBars = 1500;
/** Bars in an answer for a part of the time: single bars of a trade that took long. */
const mostPartBars = 3000;

const bases: Record<Bars['prices'], string> = {
    raw: 'Prices are raw: as the source has them, not adjusted for splits and dividends.',
    adjusted: 'Prices are adjusted for splits and dividends by the source’s adjusted closes, as of its newest bar.',
};

/** The marks in sight: how many, and whether some are counts. */
export interface Marking {
    shown: number;
    bundled: boolean;
}

const noDeals: readonly Deal[] = [];

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

/**
 * Prices as candles with volume, lines, levels and marks. The server sends the timeframe and the detail that are in sight. Drag to pan; the
 * wheel zooms while the chart has the focus, and so do + and -; N and P go to the next trade and the one before. The library that draws is
 * loaded with the first chart.
 */
export function PriceChart(props: Props) {
    const { load, marks, version = 0, memory = '' } = props;
    const figure = useRef<HTMLElement>(null);
    const kept = chartSettings(memory);
    const choose = (changes: Parameters<typeof changeChart>[1]) =>
        memory === '' ? setOwn({ ...own, ...changes }) : changeChart(memory, changes);
    const [own, setOwn] = useState<ReturnType<typeof chartSettings>>({});
    const settings = memory === '' ? own : kept;
    const { log = false, trades: drawsDeals = true } = settings;
    const [measures, setMeasures] = useState(false);
    const picture = useRef<(() => HTMLCanvasElement) | null>(null);
    const timeframe = timeframesFrom(props.timeframe).includes(settings.timeframe ?? '') ? (settings.timeframe ?? '') : props.timeframe;
    const [stretch, setStretch] = useState<Stretch | null>(null);
    const [whole, setWhole] = useState<Stretch | null>(null);
    const [aim, setAim] = useState<Aim>();
    const [following, setFollowing] = useState(props.follow === true);
    const code = useQuery('code/PriceCanvas', () => import('./PriceCanvas'));
    const query = {
        symbol: props.symbol,
        timeframe,
        points: String(stretch ? mostPartBars : mostBars),
        ...(stretch ? spanOf(stretch) : {}),
    };
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

    // One way to each range: an aim is shown once bars are held that suffice for it; until then the server is asked for them.
    const wholes = useRef(new Map<string, Held>());
    const held: Held | undefined = prices.data && { times, joined: prices.data.bars.joined, asked: stretch ?? everything };
    if (held && stretch === null) wholes.current.set(timeframe, held);
    const missing = aim && held ? windowFor(aim, held, wholes.current.get(timeframe)) : null;
    const missingName = missing === null ? '' : `${missing.from}/${missing.to}`;
    const want = useRef(() => {});
    want.current = () => missing && setStretch(missing === everything ? null : missing);
    useEffect(() => want.current(), [missingName]);
    const show = aim && held && missing === null ? aim : undefined;

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
        // A chart that goes to its aim is not moved by the way there; the user ends the aim.
        if (hasLeft === undefined && aim) return;
        if (hasLeft !== undefined) {
            setAim(undefined);
            setFollowing(props.follow === true && !hasLeft);
        }
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
    const go = (to: Aim) => {
        send();
        owed.current = undefined;
        seen.current = to;
        setFollowing(props.follow === true && to.to >= (times.at(-1) ?? Infinity));
        setAim(to);
    };
    const loadNewest = () => {
        owed.current = undefined;
        const [from, to] = [times[0] ?? 0, times.at(-1) ?? 0];
        const step = (to - from) / Math.max(1, (bars?.rows ?? 1) - 1);
        setStretch({ from: (whole?.to ?? to) - 2 * followed * step, to: Infinity });
    };
    const jump = () => {
        send();
        setAim(undefined);
        setFollowing(true);
        loadNewest();
    };
    const { goTo } = props;
    const latest = useRef(go);
    latest.current = go;
    useEffect(() => {
        if (goTo === undefined) return;
        latest.current({ from: goTo.time, to: goTo.until ?? goTo.time, bars: barsAround });
        figure.current?.scrollIntoView({ block: 'nearest' });
    }, [goTo]);
    const { range, onChoose } = props;
    const shownRange = useRef<Stretch | null>(null);
    useEffect(() => {
        if (range === undefined || range === shownRange.current) return;
        shownRange.current = range;
        latest.current({ ...(range ?? everything), bars: 0 });
    }, [range]);
    const all = useMemo(() => marks ?? [], [marks]);
    const deals = props.deals ?? noDeals;
    const step = (direction: 1 | -1) => {
        const sight = seen.current;
        const from = aim?.bars ? aim.from : sight ? (sight.from + sight.to) / 2 : 0;
        const next = nextDeal(deals, from, direction);
        if (next === undefined) return;
        if (props.onDeal) props.onDeal(next);
        else go({ from: next.from, to: next.to ?? next.from, bars: barsAround });
    };
    // Joined candles are too many bars for a chart that follows the newest one.
    const narrow = useRef(() => {});
    narrow.current = () => following && !aim && times.length > 1 && !detail && loadNewest();
    useEffect(() => narrow.current(), [times]);
    const [marking, setMarking] = useState<Marking>();
    const drawing = useMemo(
        () => shown && { prices: shown, times, marks: all, deals: drawsDeals ? deals : noDeals },
        [shown, times, all, deals, drawsDeals],
    );
    const replay = useReplay(drawing);
    const replayFrom = () => {
        setAim(undefined);
        replay.begin(seen.current);
    };
    const endReplay = () => {
        const last = replay.shown?.times.at(-1) ?? 0;
        replay.end();
        go({ from: last, to: last, bars: barsAround });
    };
    if (prices.problem && !shown) return <Failed problem={prices.problem} retry={prices.reload} />;
    const height = props.height ?? 420;
    const drawn = replay.shown;
    if (!shown || !bars || !drawn) return <Loading height={height + 66} />;
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
                                else go({ ...(days === Infinity ? everything : last), bars: 0 });
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
                    {deals.length > 0 && (
                        <>
                            <button type="button" title="The trade before (P)" aria-label="Trade before" onClick={() => step(-1)}>
                                ‹ Trade
                            </button>
                            <button type="button" title="The next trade (N)" aria-label="Next trade" onClick={() => step(1)}>
                                Trade ›
                            </button>
                        </>
                    )}
                    <select
                        aria-label="Timeframe"
                        value={timeframe}
                        onChange={(e) => {
                            choose({ timeframe: e.currentTarget.value });
                        }}
                    >
                        {timeframesFrom(props.timeframe).map((t) => (
                            <option key={t}>{t}</option>
                        ))}
                    </select>
                    <button type="button" aria-pressed={log} onClick={() => choose({ log: !log })}>
                        Log
                    </button>
                    {deals.length > 0 && (
                        <button type="button" aria-pressed={drawsDeals} onClick={() => choose({ trades: !drawsDeals })}>
                            Lines
                        </button>
                    )}
                    {props.tools}
                    {!props.follow && <ReplayButtons replay={replay} onBegin={replayFrom} onEnd={endReplay} />}
                    <button
                        type="button"
                        aria-pressed={measures}
                        title="Drag over the prices to measure; with the shift key a drag always does"
                        onClick={() => setMeasures(!measures)}
                    >
                        Measure
                    </button>
                    <ChartMenu
                        settings={settings}
                        onChange={choose}
                        onDate={(time) => go({ from: time, to: time, bars: barsAround })}
                        picture={picture}
                        file={`${props.symbol}-${bars.timeframe}`}
                    />
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
                        bars={drawn.prices.bars}
                        times={drawn.times}
                        lines={drawn.prices.lines}
                        marks={drawn.marks}
                        deals={drawn.deals}
                        chosen={aim?.bars ? aim.from : undefined}
                        levels={props.levels}
                        log={log}
                        heikinAshi={settings.heikinAshi === true}
                        measures={measures}
                        picture={picture}
                        height={height}
                        follow={following || replay.isOn ? followed : undefined}
                        show={replay.isOn ? undefined : show}
                        onPick={props.onPick}
                        sent={sent}
                        onRange={move}
                        onStep={step}
                        onMarks={setMarking}
                    />
                )}
            </Loaded>
            <p class="note" role="status">
                {props.legend} {bars.joined === 1 ? '' : `Each candle joins ${number(bars.joined)} bars: zoom in for single bars.`}{' '}
                {all.length > 0 && marking?.shown === 0 && 'No trade is in this range.'}
                {marking?.bundled && 'Numbers count the marks of neighbouring bars: zoom in to see each.'} {shown.note} {bases[bars.prices]}{' '}
                {settings.heikinAshi && 'Candles are Heikin-Ashi, of means; trades, lines and the values above are at the prices. '}
                Chart by lightweight-charts of TradingView.
            </p>
        </figure>
    );
}

import { useCallback, useMemo } from 'preact/hooks';
import { json, type Schemas } from '../../api/client';
import { useRange } from '../../api/range';
import { useQuery } from '../../api/useQuery';
import { indexOf } from '../../components/aim';
import { FactorMenu } from '../../components/FactorMenu';
import { linesOf, mostFactors, shownFactors, withFactors } from '../../components/factorLines';
import type { Deal, Mark } from '../../components/marks';
import { PriceChart, seconds, type PriceLine, type Prices } from '../../components/PriceChart';
import { price, signedPercent } from '../../format/numbers';
import { runPath, type RunDetails, type Strategy } from './run';
import type { Signal } from './StrategyDetails';
import type { Trade } from './trades';

/** The trade that the page shows: the address names it. */
export interface ShownTrade {
    time: number;
    until?: number | undefined;
}

/** Prices with the trades, signals, stops and factors of a strategy. The bars are shown first; the lines follow when the server has computed them. */
export function StrategyChart(props: {
    run: RunDetails;
    strategy: Strategy;
    /** The market of the strategy that is shown, and all of them. */
    symbol: string;
    symbols: readonly string[];
    onSymbol: (symbol: string) => void;
    trades: readonly Trade[];
    signals: Signal[] | undefined;
    goTo: ShownTrade | undefined;
    onDeal: (deal: Deal) => void;
    /** Called with the time of a bar on which the user has double-clicked, seconds since 1970. */
    onPick: (time: number) => void;
}) {
    const { run, strategy, symbol, trades, signals } = props;
    const { range, choose } = useRange();
    const used = useFactors(run.id, strategy.id);
    const chosen = used && shownFactors(strategy.id, used).join(';');
    const factors = useMemo(() => (chosen === undefined ? undefined : chosen.split(';').filter((f) => f !== '')), [chosen]);
    const hasLines = factors !== undefined && signals !== undefined;
    const load = useCallback(
        async (part: Record<string, string>): Promise<Prices> => {
            // Factors and stops are those of the strategy's own bars.
            const own = hasLines && part.timeframe === strategy.timeframe;
            const { chart, note } = await withFactors(own ? factors.join(';') : '', (asked) => {
                const query = new URLSearchParams({ ...part, ...(own ? { factors: asked, strategy: strategy.id } : {}) });
                return json<Schemas['ChartBars']>(`${runPath(run.id)}/chart?${query}`);
            });
            const times = chart.bars.times.map(seconds);
            const why = chart.levels?.why;
            return {
                bars: chart.bars,
                lines: own ? [...linesOf(chart.factors), ...(levelsOf(chart) ?? stopsOf(signals, times))] : [],
                note: [note, why && `Moved stops are not shown. ${why}`].filter(Boolean).join(' ') || undefined,
            };
        },
        [run.id, strategy, factors, signals, hasLines],
    );
    const own = useMemo(() => trades.filter((t) => t.symbol === symbol), [trades, symbol]);
    const marks = useMemo(
        () =>
            marksOf(
                own,
                (signals ?? []).filter((s) => s.symbol === undefined || s.symbol === symbol),
            ),
        [own, signals, symbol],
    );
    const deals = useMemo(() => own.map(dealOf), [own]);
    return (
        <PriceChart
            key={`${run.id} ${strategy.id} ${symbol}`}
            name={`chart/${run.id}/${strategy.id}/${hasLines}/${factors?.join(';') ?? ''}`}
            symbol={symbol}
            title={
                props.symbols.length > 1 ? (
                    <select aria-label="Market" value={symbol} onChange={(e) => props.onSymbol(e.currentTarget.value)}>
                        {props.symbols.map((s) => (
                            <option key={s}>{s}</option>
                        ))}
                    </select>
                ) : undefined
            }
            timeframe={strategy.timeframe}
            load={load}
            marks={marks}
            deals={deals}
            memory={strategy.id}
            tools={<FactorMenu strategy={strategy.id} used={used ?? noFactors} />}
            goTo={props.goTo}
            onDeal={props.onDeal}
            range={range}
            onChoose={choose}
            onPick={props.onPick}
            legend="▲ entry long, ▼ entry short, ● exit, ■ refused, ┄ stop and target. Double-click on a bar to ask why."
        />
    );
}

const noFactors: string[] = [];

/** A trade as a line in the chart. */
export const dealOf = (t: Trade): Deal => {
    const isOpen = t.exitTime === undefined || t.exitReason === 'open';
    const sign = t.side === 'long' ? 1 : -1;
    const name = `${t.side} from ${price(t.entryPrice)}`;
    return {
        from: seconds(t.entryTime),
        to: isOpen ? undefined : seconds(t.exitTime ?? ''),
        entryPrice: t.entryPrice,
        exitPrice: t.exitPrice,
        side: t.side,
        profit: t.return,
        worst: t.mae === undefined ? undefined : t.entryPrice * (1 - sign * t.mae),
        best: t.mfe === undefined ? undefined : t.entryPrice * (1 + sign * t.mfe),
        name,
        text: `${name}${isOpen ? ', open' : ''} ${signedPercent(t.return)}`,
    };
};

// The names of the factors that the strategy used: those of its first entries.
function useFactors(run: string, strategy: string): string[] | undefined {
    const path = `${runPath(run)}/factors?strategy=${encodeURIComponent(strategy)}&limit=30`;
    const rows = useQuery(`run/${run}/factors/${strategy}`, () =>
        json<{ items: { factor?: string }[] }>(path).catch(() => ({ items: [] })),
    );
    return useMemo(
        () => rows.data && [...new Set(rows.data.items.flatMap((r) => (r.factor ? [r.factor] : [])))].slice(0, mostFactors),
        [rows.data],
    );
}

const levelLine = (name: 'Stop' | 'Target', values: readonly (number | null)[]): PriceLine => ({
    name,
    colour: name === 'Stop' ? 'loss' : 'gain',
    dashed: true,
    values,
});

/** The stops and targets of trades that the server computed by running the strategy again; null if it could not. */
export function levelsOf(chart: Schemas['ChartBars']): PriceLine[] | null {
    if (!chart.levels || chart.levels.why) return null;
    const { stops, targets } = chart.levels;
    return [levelLine('Stop', stops), levelLine('Target', targets)].filter((l) => l.values.some((v) => v !== null));
}

/** The stops and targets of trades as lines from entry to exit, as the signals set them. */
export function stopsOf(signals: readonly Signal[], times: readonly number[]): PriceLine[] {
    const first = times[0];
    const last = times.at(-1);
    if (first === undefined || last === undefined) return [];
    const lineOf = (name: 'Stop' | 'Target', priceOf: (signal: Signal) => number | undefined): PriceLine[] => {
        const values = new Array<number | null>(times.length).fill(null);
        for (const s of signals) {
            const price = priceOf(s);
            if (!price || !s.entryTime) continue;
            const [from, to] = [seconds(s.entryTime), s.exitTime ? seconds(s.exitTime) : last];
            if (to >= first && from <= last) values.fill(price, indexOf(times, from), indexOf(times, to) + 1);
        }
        return values.some((v) => v !== null) ? [levelLine(name, values)] : [];
    };
    return [...lineOf('Stop', (s) => s.stop), ...lineOf('Target', (s) => s.target)];
}

/** The marks of trades and refused signals. */
export function marksOf(trades: readonly Trade[], signals: readonly Signal[]): Mark[] {
    const marks = [
        ...trades.flatMap((t): Mark[] => [
            { time: seconds(t.entryTime), kind: t.side === 'long' ? 'buy' : 'sell', text: '' },
            ...(t.exitTime === undefined
                ? []
                : [{ time: seconds(t.exitTime), kind: 'exit' as const, text: t.exitReason === 'signal' ? '' : (t.exitReason ?? '') }]),
        ]),
        ...signals
            .filter((s) => s.decision !== 'accepted')
            .map((s): Mark => ({ time: seconds(s.time), kind: 'refused', text: s.decision })),
    ];
    return marks.sort((a, b) => a.time - b.time);
}

import { useCallback, useMemo } from 'preact/hooks';
import { json, type Schemas } from '../../api/client';
import { useRange } from '../../api/range';
import { useQuery } from '../../api/useQuery';
import { indexOf, mostBars, PriceChart, seconds, type Mark, type PriceLine, type Prices } from '../../components/PriceChart';
import { runPath, type RunDetails, type Strategy } from './run';
import type { Signal } from './StrategyDetails';
import type { Trade } from './trades';

const oscillators =
    /^(rsi|stochastic|williams|cci|roc|momentum|adx|aroon|atr|natr|macd|obv|mfi|cmf|stddev|zscore|return|volatility|efficiency|slope|column)/;

/** Prices with the trades, signals, stops and factors of a strategy. The bars are shown first; the lines follow when the server has computed them. */
export function StrategyChart(props: {
    run: RunDetails;
    strategy: Strategy;
    trades: Trade[];
    signals: Signal[] | undefined;
    goTo: { time: number } | undefined;
    /** Called with the time of a bar on which the user has double-clicked, seconds since 1970. */
    onPick: (time: number) => void;
}) {
    const { run, strategy, trades, signals } = props;
    const { range, choose } = useRange();
    const factors = useFactors(run.id, strategy.id);
    const hasLines = factors !== undefined && signals !== undefined;
    const load = useCallback(
        async (part: Record<string, string>): Promise<Prices> => {
            // Factors and stops are those of the strategy's own bars.
            const own = hasLines && part.timeframe === strategy.timeframe;
            const query = new URLSearchParams({
                ...part,
                points: String(mostBars),
                ...(own ? { factors: factors.join(';'), strategy: strategy.id } : {}),
            });
            const chart = await json<Schemas['ChartBars']>(`${runPath(run.id)}/chart?${query}`);
            const times = chart.bars.times.map(seconds);
            const why = chart.levels?.why;
            return {
                bars: chart.bars,
                lines: own ? [...linesOf(chart), ...(levelsOf(chart) ?? stopsOf(signals, times))] : [],
                note: why ? `Moved stops are not shown. ${why}` : undefined,
            };
        },
        [run.id, strategy, factors, signals, hasLines],
    );
    const marks = useMemo(() => marksOf(trades, signals ?? []), [trades, signals]);
    return (
        <PriceChart
            name={`chart/${run.id}/${strategy.id}/${hasLines}`}
            symbol={strategy.symbol.split('+')[0] ?? strategy.symbol}
            timeframe={strategy.timeframe}
            load={load}
            marks={marks}
            goTo={props.goTo}
            range={range}
            onChoose={choose}
            onPick={props.onPick}
            legend="▲ entry long, ▼ entry short, ● exit, ■ refused, ┄ stop and target. Double-click on a bar to ask why."
        />
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

function linesOf(chart: Schemas['ChartBars']): PriceLine[] {
    const colours = ['s2', 's1', 's3', 's4', 'soft', 'loss'];
    return chart.factors.map((f, i) => ({
        name: f.name,
        colour: colours[i % colours.length] ?? 's1',
        pane: oscillators.test(f.name) ? f.name.split('(')[0] : undefined,
        values: f.values,
    }));
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
    return [
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
}

import { useMemo, useState } from 'preact/hooks';
import { api, take, type Schemas } from '../../api/client';
import { useQuery, useVersion } from '../../api/useQuery';
import { mostBars, PriceChart, seconds, type Level, type Mark } from '../../components/PriceChart';
import { signedMoney } from '../../format/numbers';

type Entry = Schemas['SessionLogEntry'];

const exits: Record<string, string> = { 'stop-loss': 'stop', 'take-profit': 'target', 'trailing-stop': 'trail' };

/** The marks of the log's fills, signals and refusals. */
export function marksOfLog(entries: readonly Entry[]): Mark[] {
    return entries.flatMap((e): Mark[] => {
        if (!e.timestamp) return [];
        const time = seconds(e.timestamp);
        if (e.kind === 'refusal') return [{ time, kind: 'refused', text: '' }];
        if (e.kind === 'signal') return e.side ? [{ time, kind: 'signal', text: '' }] : [];
        if (e.kind !== 'fill') return [];
        return [
            e.role === 'entry'
                ? { time, kind: e.side === 'buy' ? 'buy' : 'sell', text: '' }
                : { time, kind: 'exit', text: exits[e.role ?? ''] ?? '' },
        ];
    });
}

/** The current price levels of a symbol: entries of open trades, and open orders with their stops and targets. */
export function levelsOfAccount(account: Schemas['AccountDetails'] | undefined, symbol: string): Level[] {
    return [
        ...(account?.trades ?? [])
            .filter((t) => t.symbol === symbol)
            .map((t) => ({ price: t.entryPrice, text: `${t.side === 'buy' ? 'long' : 'short'} ${signedMoney(t.profit)}`, colour: 's1' })),
        ...(account?.orders ?? [])
            .filter((o) => o.symbol === symbol && o.price != null)
            .map((o) => ({ price: o.price ?? 0, text: `${o.side} ${o.type}`, colour: o.type === 'stop' ? 'loss' : 's2' })),
    ];
}

/** What the marks of the chart mean. */
export const legend = '▲ entry long, ▼ entry short, ● exit, small ● signal, ■ refused; dashed: open trades and orders.';

/** Prices of one symbol of a session with its fills, signals, open trades and orders, as the bars come. */
export function Price(props: {
    session: Schemas['SessionView'];
    configuration: Schemas['SessionConfiguration'];
    goTo: { time: number } | undefined;
    /** The chosen symbol; without one the chart begins with a position, and stays at its symbol when positions change. */
    symbol: string | undefined;
    onSymbol: (symbol: string) => void;
    /** The height of one of several charts, which share a legend. */
    height?: number;
}) {
    const { session, configuration, goTo } = props;
    const { id, status } = session;
    const { symbols } = configuration;
    const [first] = useState(() => [...Object.keys(status?.positions ?? {}), ...symbols].find((s) => symbols.includes(s)));
    const symbol = [props.symbol, first].find((s) => s && symbols.includes(s)) ?? '';
    const bars = status?.bars ?? 0;
    const log = useQuery(`log ${id} of ${symbol}`, () =>
        take(api.GET('/api/v1/sessions/{id}/log', { params: { path: { id }, query: { symbol, limit: 1000 } } })),
    );
    useVersion(log, bars);
    const marks = useMemo(() => marksOfLog(log.data ?? []), [log.data]);
    const levels = useMemo(() => levelsOfAccount(status?.account, symbol), [status, symbol]);
    const load = async (part: Record<string, string>) => ({
        bars: await take(
            api.GET('/api/v1/sessions/{id}/bars', {
                params: { path: { id }, query: { symbol, ...part, limit: mostBars } },
            }),
        ),
    });
    const choice = (
        <select aria-label="Symbol" value={symbol} onChange={(e) => props.onSymbol(e.currentTarget.value)}>
            {symbols.map((s) => (
                <option key={s}>{s}</option>
            ))}
        </select>
    );
    return (
        <PriceChart
            key={symbol}
            name={`session/${id}/${session.run}`}
            symbol={symbol}
            title={choice}
            timeframe={configuration.timeframe}
            load={load}
            marks={marks}
            levels={levels}
            version={bars}
            goTo={goTo}
            height={props.height ?? 340}
            follow
            legend={props.height === undefined ? legend : undefined}
        />
    );
}

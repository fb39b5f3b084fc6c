import { useMemo, useState } from 'preact/hooks';
import { api, take, type Schemas } from '../../api/client';
import { useQuery, useVersion } from '../../api/useQuery';
import type { Deal, Mark } from '../../components/marks';
import { PriceChart, seconds, type Level } from '../../components/PriceChart';
import { price, signedMoney } from '../../format/numbers';

type Entry = Schemas['SessionLogEntry'];

const exits: Record<string, string> = { 'stop-loss': 'stop', 'take-profit': 'target', 'trailing-stop': 'trail' };

/** The marks of the log's fills, signals and refusals, in the order of their times. */
export function marksOfLog(entries: readonly Entry[]): Mark[] {
    const marks = entries.flatMap((e): Mark[] => {
        if (!e.time) return [];
        const time = seconds(e.time);
        if (e.kind === 'refusal') return [{ time, kind: 'refused', text: '' }];
        if (e.kind === 'signal') return e.side ? [{ time, kind: 'signal', text: '' }] : [];
        if (e.kind !== 'fill') return [];
        return [
            e.role === 'entry'
                ? { time, kind: e.side === 'buy' ? 'buy' : 'sell', text: '' }
                : { time, kind: 'exit', text: exits[e.role ?? ''] ?? '' },
        ];
    });
    return marks.sort((a, b) => a.time - b.time);
}

/** The open trades of a symbol as lines, dashed since they have no exit. */
export function dealsOfAccount(account: Schemas['AccountDetails'] | undefined, symbol: string): Deal[] {
    return (account?.trades ?? [])
        .filter((t) => t.symbol === symbol)
        .map((t) => {
            const side = t.side === 'buy' ? 'long' : 'short';
            return {
                from: seconds(t.enteredAt),
                to: undefined,
                entryPrice: t.entryPrice,
                exitPrice: t.last ?? undefined,
                side,
                profit: t.profit ?? undefined,
                text: `${side} from ${price(t.entryPrice)} ${signedMoney(t.profit)}`,
            };
        });
}

/** Entries of the log in one answer of the server, and how many of them a chart loads: its marks are bundled. */
const logPage = 1000;
const mostPages = 20;

/** The log of a symbol, page by page to the past. */
async function logOf(id: string, symbol: string): Promise<Entry[]> {
    const all: Entry[] = [];
    for (let page = 0; page < mostPages; page++) {
        const before = all.at(-1)?.sequence;
        const query = { symbol, limit: logPage, ...(before === undefined ? {} : { filter: `sequence<${before}` }) };
        const { items } = await take(api.GET('/api/v1/sessions/{id}/log', { params: { path: { id }, query } }));
        all.push(...items);
        if (items.length < logPage) break;
    }
    return all;
}

/** An open trade with the stop and target that work now; null without one. */
type Levelled = Schemas['AccountTradeRow'] & { stop?: number | null; target?: number | null };

/** The current price levels of a symbol, the newest trade first: its entry, stop and target; then open orders. */
export function levelsOfAccount(account: Schemas['AccountDetails'] | undefined, symbol: string): Level[] {
    const trades: Levelled[] = (account?.trades ?? [])
        .filter((t) => t.symbol === symbol)
        .sort((a, b) => b.enteredAt.localeCompare(a.enteredAt));
    const at = (value: number | null | undefined, text: string, colour: string): Level[] =>
        value == null ? [] : [{ price: value, text: `${text} ${price(value)}`, colour }];
    return [
        ...trades.flatMap((t) => [
            { price: t.entryPrice, text: `${t.side === 'buy' ? 'long' : 'short'} ${signedMoney(t.profit)}`, colour: 's1' },
            ...at(t.stop, 'stop', 'loss'),
            ...at(t.target, 'target', 'gain'),
        ]),
        ...(account?.orders ?? [])
            .filter((o) => o.symbol === symbol && o.price != null)
            .sort((a, b) => b.createdAt.localeCompare(a.createdAt))
            .map((o) => ({
                price: o.price ?? 0,
                text: `${o.side} ${o.type} ${price(o.price)}`,
                colour: o.type === 'stop' ? 'loss' : 's2',
            })),
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
    const log = useQuery(`log ${id} of ${symbol}`, () => logOf(id, symbol));
    useVersion(log, bars);
    const marks = useMemo(() => marksOfLog(log.data ?? []), [log.data]);
    const deals = useMemo(() => dealsOfAccount(status?.account, symbol), [status, symbol]);
    const levels = useMemo(() => levelsOfAccount(status?.account, symbol), [status, symbol]);
    const load = async ({ points, ...part }: Record<string, string>) => ({
        bars: await take(
            api.GET('/api/v1/sessions/{id}/bars', {
                params: { path: { id }, query: { symbol, ...part, limit: Number(points) } },
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
            deals={deals}
            levels={levels}
            memory={props.height === undefined ? `account ${id}` : undefined}
            version={bars}
            goTo={goTo}
            height={props.height ?? 340}
            follow
            legend={props.height === undefined ? legend : undefined}
        />
    );
}

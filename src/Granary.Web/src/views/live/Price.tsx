import { useMemo, useState } from 'preact/hooks';
import { api, take, type Schemas } from '../../api/client';
import { useQuery, useVersion } from '../../api/useQuery';
import { changeChart, chartSettings } from '../../components/chartSettings';
import { FactorMenu } from '../../components/FactorMenu';
import { linesOf, mostFactors, shownFactors, withFactors } from '../../components/factorLines';
import type { Deal, Mark } from '../../components/marks';
import { PriceChart, seconds, type Level, type Prices } from '../../components/PriceChart';
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

/** The current price levels of a symbol, the newest trade first: its entry, stop and target; then open orders. */
export function levelsOfAccount(account: Schemas['AccountDetails'] | undefined, symbol: string): Level[] {
    const trades = (account?.trades ?? []).filter((t) => t.symbol === symbol).sort((a, b) => b.enteredAt.localeCompare(a.enteredAt));
    const at = (value: number | null | undefined, text: string, colour: string, fits: boolean): Level[] =>
        value == null ? [] : [{ price: value, text: `${text} ${price(value)}`, colour, fits }];
    return [
        ...trades.flatMap((t, i) => [
            { price: t.entryPrice, text: `${t.side === 'buy' ? 'long' : 'short'} ${signedMoney(t.profit)}`, colour: 's1', fits: i === 0 },
            ...at(t.stop, t.trails ? 'trailing stop' : 'stop', 'loss', i === 0),
            ...at(t.target, 'target', 'gain', i === 0),
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
export const legend =
    '▲ entry long, ▼ entry short, ● exit, small ● signal, ■ refused; dashed: open trades, their stops and targets, orders.';

type Member = Schemas['SessionMember'];

/** Chooses the strategy whose factors a chart shows; none is a choice too. */
function StrategyChoice(props: { name: string; members: readonly Member[]; chosen: string }) {
    return (
        <select
            aria-label="Factors of"
            title="The strategy whose factors the chart shows"
            value={props.chosen}
            onChange={(e) => changeChart(props.name, { strategy: e.currentTarget.value })}
        >
            {props.members.map((m) => (
                <option key={m.id} value={m.id}>
                    {m.id}
                </option>
            ))}
            <option value="">No factors</option>
        </select>
    );
}

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
    const memory = props.height === undefined ? `account ${id}` : undefined;
    const members = configuration.strategies.filter((m) => m.symbols[0] === symbol && m.factors.length > 0);
    const wanted = memory === undefined ? '' : chartSettings(memory).strategy;
    const member = wanted === '' ? undefined : (members.find((m) => m.id === wanted) ?? members[0]);
    const used = member?.factors.slice(0, mostFactors) ?? [];
    const factors = member ? shownFactors(member.id, used).join(';') : '';
    const chartOf = ({ points, ...part }: Record<string, string>) =>
        take(api.GET('/api/v1/sessions/{id}/chart', { params: { path: { id }, query: { symbol, ...part, points: Number(points) } } }));
    const load = async (part: Record<string, string>): Promise<Prices> => {
        if (member === undefined || factors === '') return { bars: (await chartOf(part)).bars };
        // Factors are those of the strategy's own bars.
        if (part.timeframe !== member.timeframe)
            return {
                bars: (await chartOf(part)).bars,
                note: `The factors of ${member.id} are those of its bars: choose ${member.timeframe}.`,
            };
        const { chart, note } = await withFactors(factors, (asked) => chartOf({ ...part, factors: asked }));
        return { bars: chart.bars, lines: linesOf(chart.factors), note };
    };
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
            name={`session/${id}/${session.run}/${member?.id ?? ''}/${factors}`}
            symbol={symbol}
            title={choice}
            timeframe={configuration.timeframe}
            load={load}
            marks={marks}
            deals={deals}
            levels={levels}
            memory={memory}
            tools={
                memory !== undefined &&
                members.length > 0 && (
                    <>
                        <StrategyChoice name={memory} members={members} chosen={member?.id ?? ''} />
                        {member && <FactorMenu strategy={member.id} used={used} />}
                    </>
                )
            }
            version={bars}
            goTo={goTo}
            height={props.height ?? 340}
            follow
            legend={props.height === undefined ? legend : undefined}
        />
    );
}

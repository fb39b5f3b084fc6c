import { useLocation } from 'preact-iso';
import { useCallback, useMemo, useState } from 'preact/hooks';
import { useRange } from '../../api/range';
import { useQuery } from '../../api/useQuery';
import { useSearch } from '../../api/useSearch';
import { Badge } from '../../components/Badge';
import { Figures } from '../../components/Figures';
import { RangeBar } from '../../components/RangeBar';
import type { Deal } from '../../components/marks';
import { ServerList } from '../../components/ServerList';
import { Empty, Loaded } from '../../components/States';
import { StrategyId } from '../../components/StrategyName';
import type { Column } from '../../components/Table';
import { counted, number, percent, signedMoney, signedPercent, tone, weight } from '../../format/numbers';
import { time } from '../../format/times';
import { AccountCharts } from './AccountCharts';
import { ConditionTable } from './Conditions';
import { drawdownNote } from './Overview';
import { currencyOf, loadStrategies, namedAs, runPath, verdictOf, type RunDetails, type Strategy } from './run';
import { StrategyChart } from './StrategyChart';
import { lackOf, takeAll, tradeColumns, tradeFields, tradeHint, type Trade } from './trades';
import { useFigures } from './useFigures';
import { whyPath } from '../why/address';

export interface Signal {
    symbol?: string;
    time: string;
    side: 'long' | 'short';
    stop?: number;
    target?: number;
    decision: string;
    entryTime?: string;
    exitTime?: string;
}

const columnsWith = (show: (trade: Trade) => void, why: (trade: Trade) => string): Column<Trade>[] => [
    {
        id: 'entryTime',
        title: 'Entry',
        width: 140,
        value: (t) => t.entryTime,
        cell: (t) => (
            <button type="button" class="plain" title="Show in the chart" onClick={() => show(t)}>
                {time(t.entryTime, t.symbol)}
            </button>
        ),
    },
    ...tradeColumns,
    {
        id: 'why',
        title: 'Why',
        width: 70,
        cell: (t) => (
            <a href={why(t)} aria-label={`Why the trade of ${t.entryTime}?`}>
                Why?
            </a>
        ),
    },
];

const none: never[] = [];

/**
 * The rows that the chart marks: all of the strategy or, where there are more than a chart loads, those of the range and around the trade
 * that the address names.
 * @param key The time by which the range narrows them.
 */
function useMarks<T>(path: string, key: string, { query, range }: ReturnType<typeof useRange>, at: string | undefined) {
    const whole = useQuery(path, () => takeAll<T>(path));
    const isCut = whole.data !== undefined && whole.data.rows.length < whole.data.total;
    const filter = range ? `&filter=${key}>=${query.from},${key}<${query.to}` : '';
    const part = useQuery(isCut && (range !== null || at !== undefined) ? `${path}${filter}/${at ?? ''}` : null, () =>
        takeAll<T>(`${path}${filter}`, at),
    );
    return part.data ? part : whole;
}

/** One strategy of a run: figures, price chart with its trades, profit by condition, list of trades. */
export function StrategyDetails(props: { run: RunDetails; id: string }) {
    const { run, id } = props;
    const found = useQuery(`run/${run.id}/strategy/${id}`, async () => {
        let cursor: string | undefined;
        do {
            const page = await loadStrategies(run.id, { ...namedAs(id), ...(cursor ? { cursor } : {}) });
            const strategy = page.items.find((s) => s.id === id);
            if (strategy) return strategy;
            cursor = page.next ?? undefined;
        } while (cursor);
        return null;
    });
    return (
        <Loaded query={found} height={500}>
            {(strategy) =>
                strategy === null ? (
                    <Empty title="This run has no such strategy">
                        <a class="button" href={`${runPath(run.id)}?tab=strategies`}>
                            See its strategies
                        </a>
                    </Empty>
                ) : (
                    <Details run={run} strategy={strategy} />
                )
            }
        </Loaded>
    );
}

function Details(props: { run: RunDetails; strategy: Strategy }) {
    const { run, strategy } = props;
    const { search, set } = useSearch();
    const range = useRange();
    const { stats: s, isPart, missing } = useFigures(run.id, strategy.stats, strategy.id);
    const path = `${runPath(run.id)}/trades`;
    const of = useMemo(() => ({ run: run.id, strategy: strategy.id }), [run.id, strategy.id]);
    const id = encodeURIComponent(strategy.id);
    const trades = useMarks<Trade>(`${path}?strategy=${id}`, 'exitTime', range, search.at);
    const signals = useMarks<Signal>(`${runPath(run.id)}/signals?strategy=${id}`, 'time', range, search.at);
    const symbols = strategy.symbol.split('+');
    const symbol = symbols.find((s) => s === search.market) ?? symbols[0] ?? strategy.symbol;
    // The address names the trade that the chart shows, so that each way to a trade is the same one.
    const [steps, setSteps] = useState(0);
    const goTo = useMemo(() => {
        const at = Date.parse(search.at ?? '') / 1000;
        if (Number.isNaN(at)) return undefined;
        const until = Date.parse(search.end ?? '') / 1000;
        const known = trades.data?.rows.find((t) => t.symbol === symbol && Date.parse(t.entryTime) / 1000 === at);
        const exit = known?.exitTime === undefined ? undefined : Date.parse(known.exitTime) / 1000;
        return { time: at, until: Number.isNaN(until) ? exit : until, steps };
    }, [search.at, search.end, trades.data, symbol, steps]);
    const showAt = useCallback(
        (of: string, entry: string) => {
            set({ at: entry, market: symbols.length > 1 ? of : '' });
            setSteps((n) => n + 1);
        },
        [set, symbols.length],
    );
    const show = useCallback((t: Trade) => showAt(t.symbol, t.entryTime), [showAt]);
    const step = useCallback((d: Deal) => showAt(symbol, `${new Date(d.from * 1000).toISOString().slice(0, 19)}Z`), [showAt, symbol]);
    const { route } = useLocation();
    // The entry is made at the bar before.
    const columns = useMemo(() => columnsWith(show, (t) => whyPath({ ...of, symbol: t.symbol, at: t.entryTime, step: -1 })), [show, of]);
    const pick = useCallback(
        (time: number) => route(whyPath({ ...of, ...(symbols.length > 1 ? { symbol } : {}), at: new Date(time * 1000).toISOString() })),
        [route, of, symbol, symbols.length],
    );
    const verdict = verdictOf(run);
    return (
        <>
            <div class="actions">
                <h2>
                    <StrategyId id={strategy.id} />
                </h2>
                <a class="button push" href={`${runPath(run.id)}?tab=strategies`}>
                    All strategies
                </a>
            </div>
            <RangeBar what="Figures, charts and trades" />
            {missing && <p class="notice">Figures of the equity are not known for a range. {missing}</p>}
            <Figures
                figures={[
                    {
                        name: 'Total return',
                        value: signedPercent(s.totalReturn),
                        tone: tone(s.totalReturn),
                        note: `${signedPercent(s.cagr)} a year`,
                    },
                    {
                        name: 'Sharpe ratio',
                        value: number(s.sharpe, 2),
                        note: isPart ? 'annualised' : `${percent(s.deflatedSharpe, 1)} sure it is not luck`,
                    },
                    { name: 'Max drawdown', value: percent(s.maxDrawdown), note: drawdownNote(s, isPart) },
                    { name: 'Trades', value: number(s.trades), note: `${percent(s.winRate, 1)} won` },
                    {
                        name: 'Profit factor',
                        value: number(s.profitFactor, 2),
                        note: isPart ? 'net wins over net losses' : `commission ${number(s.commission, 2)}`,
                    },
                    {
                        name: 'Expectancy',
                        value: signedMoney(s.expectancy),
                        tone: tone(s.expectancy),
                        note: `mean net profit of a trade, ${currencyOf(run)}`,
                    },
                    { name: 'Weight', value: weight(strategy.weight), note: <Badge kind={verdict.kind}>{verdict.text}</Badge> },
                ]}
            />
            <p class="note">Figures are of the strategy’s own account, before the portfolio decides.</p>
            <StrategyChart
                run={run}
                strategy={strategy}
                symbol={symbol}
                symbols={symbols}
                onSymbol={(market) => set({ market, at: '' })}
                trades={trades.data?.rows ?? none}
                signals={signals.problem ? none : signals.data?.rows}
                goTo={goTo}
                onDeal={step}
                onPick={pick}
            />
            {[lackOf('trades', trades.data), lackOf('signals', signals.data)].map((lack) => lack && <p class="note">{lack}</p>)}
            <p>
                <a class="button" href={whyPath(of)}>
                    Why at a bar, or why no trade?
                </a>
            </p>
            <AccountCharts run={run.id} currency={currencyOf(run)} strategy={strategy.id} />
            <h2>Trades</h2>
            <ServerList
                name="trades"
                label="Trades"
                path={path}
                query={{ strategy: strategy.id, ...range.query }}
                columns={columns}
                fields={tradeFields(symbols)}
                date="entryTime"
                sort="entryTime"
                onOpen={show}
                note={(total) => `${counted(total, 'trade')}${isPart ? ', closed in the range' : ''}. Choose one to see it in the chart.`}
                empty={`The strategy closed no such trade${isPart ? ' in this range' : ' in this run'}.`}
                hint={tradeHint}
                file={`${run.id}-trades`}
            />
            <h2>Profit by condition</h2>
            {isPart && <p class="note">Of the whole run.</p>}
            <ConditionTable run={run} strategy={strategy.id} />
        </>
    );
}

import { useLocation } from 'preact-iso';
import { useCallback, useMemo, useState } from 'preact/hooks';
import { api, json, take } from '../../api/client';
import { useRange } from '../../api/range';
import { useQuery } from '../../api/useQuery';
import { useSearch } from '../../api/useSearch';
import { Badge } from '../../components/Badge';
import { Figures } from '../../components/Figures';
import { RangeBar } from '../../components/RangeBar';
import { Empty, Loaded } from '../../components/States';
import { DataTable, type Column } from '../../components/Table';
import { number, percent, signedMoney, signedPercent, tone, weight } from '../../format/numbers';
import { time } from '../../format/times';
import { AccountCharts } from './AccountCharts';
import { ConditionTable } from './Conditions';
import { drawdownNote } from './Overview';
import { loadStrategies, namedAs, runPath, verdictOf, type RunDetails, type Strategy } from './run';
import { StrategyChart } from './StrategyChart';
import { tradeColumns, type Trade } from './trades';
import { useFigures } from './useFigures';
import { whyPath } from '../why/address';

export interface Signal {
    time: string;
    side: 'long' | 'short';
    stop?: number;
    target?: number;
    decision: string;
    entryTime?: string;
    exitTime?: string;
}

const columnsWith = (
    show: (trade: Trade) => void,
    why: (trade: Trade & { number: number }) => string,
): Column<Trade & { number: number }>[] => [
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
    const { search } = useSearch();
    const range = useRange();
    const { stats: s, isPart, missing } = useFigures(run.id, strategy.stats, strategy.id);
    const path = `${runPath(run.id)}/trades?${new URLSearchParams({ strategy: strategy.id, limit: '1000', ...range.query })}`;
    const trades = useQuery(path, () => json<{ items: Trade[]; total: number }>(path));
    const signals = useQuery(`run/${run.id}/signals/${strategy.id}`, async () => {
        const answer = await take(
            api.GET('/api/v1/runs/{id}/signals', { params: { path: { id: run.id }, query: { strategy: strategy.id, limit: 1000 } } }),
        );
        return answer.items as unknown as Signal[];
    });
    const at = Date.parse(search.at ?? '') / 1000;
    const [goTo, setGoTo] = useState<{ time: number } | undefined>(() => (Number.isNaN(at) ? undefined : { time: at }));
    const show = useCallback((t: Trade) => setGoTo({ time: Date.parse(t.entryTime) / 1000 }), []);
    const { route } = useLocation();
    const of = useMemo(() => ({ run: run.id, strategy: strategy.id }), [run.id, strategy.id]);
    // In a part of the run, the number of a trade is not that of trades.csv; its entry is made at the bar before.
    const columns = useMemo(
        () =>
            columnsWith(show, (t) =>
                whyPath(isPart ? { ...of, symbol: t.symbol, at: t.entryTime, step: -1 } : { ...of, symbol: t.symbol, trade: t.number + 1 }),
            ),
        [show, isPart, of],
    );
    const pick = useCallback((time: number) => route(whyPath({ ...of, at: new Date(time * 1000).toISOString() })), [route, of]);
    const verdict = verdictOf(run);
    return (
        <>
            <div class="actions">
                <h2>{strategy.id}</h2>
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
                        note: 'mean net profit of a trade',
                    },
                    { name: 'Weight', value: weight(strategy.weight), note: <Badge kind={verdict.kind}>{verdict.text}</Badge> },
                ]}
            />
            <p class="note">Figures are of the strategy’s own account, before the portfolio decides.</p>
            <StrategyChart
                run={run}
                strategy={strategy}
                trades={trades.data?.items ?? none}
                signals={signals.problem ? none : signals.data}
                goTo={goTo}
                onPick={pick}
            />
            <p>
                <a class="button" href={whyPath(of)}>
                    Why at a bar, or why no trade?
                </a>
            </p>
            <AccountCharts run={run.id} strategy={strategy.id} />
            <h2>Trades</h2>
            <Loaded query={trades} height={400}>
                {(page) =>
                    page.items.length === 0 ? (
                        <Empty title="No trades">
                            <p>The strategy closed no trade{isPart ? ' in this range' : ' in this run'}.</p>
                        </Empty>
                    ) : (
                        <>
                            <DataTable
                                label="Trades"
                                rows={page.items.map((t, number) => ({ ...t, number }))}
                                columns={columns}
                                id={(t) => String(t.number)}
                                height={420}
                                onOpen={show}
                            />
                            {page.total > page.items.length && (
                                <p class="note">
                                    The first {number(page.items.length)} of {number(page.total)} trades; trades.csv has all.
                                </p>
                            )}
                        </>
                    )
                }
            </Loaded>
            <h2>Profit by condition</h2>
            {isPart && <p class="note">Of the whole run.</p>}
            <ConditionTable run={run} strategy={strategy.id} />
        </>
    );
}

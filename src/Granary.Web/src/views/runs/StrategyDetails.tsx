import { useCallback, useMemo, useState } from 'preact/hooks';
import { api, json, take } from '../../api/client';
import { useQuery } from '../../api/useQuery';
import { Badge } from '../../components/Badge';
import { Figures } from '../../components/Figures';
import { Empty, Loaded } from '../../components/States';
import { DataTable, type Column } from '../../components/Table';
import { number, percent, price, signedPercent, tone, weight } from '../../format/numbers';
import { time } from '../../format/times';
import { ConditionTable } from './Conditions';
import { loadStrategies, runPath, verdictOf, type RunDetails, type Strategy } from './run';
import { StrategyChart } from './StrategyChart';

export interface Trade {
    symbol: string;
    side: 'long' | 'short';
    quantity: number;
    entryTime: string;
    entryPrice: number;
    exitTime?: string;
    exitPrice?: number;
    pnlNet?: number;
    return?: number;
    bars?: number;
    exitReason?: string;
}

export interface Signal {
    time: string;
    side: 'long' | 'short';
    stop?: number;
    target?: number;
    decision: string;
    entryTime?: string;
    exitTime?: string;
}

const columnsWith = (show: (trade: Trade) => void): Column<Trade & { number: number }>[] => [
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
    { id: 'side', title: 'Side', width: 70, value: (t) => t.side, cell: (t) => t.side },
    { id: 'entryPrice', title: 'Entry price', width: 110, figure: true, value: (t) => t.entryPrice, cell: (t) => price(t.entryPrice) },
    { id: 'exitTime', title: 'Exit', width: 140, value: (t) => t.exitTime, cell: (t) => time(t.exitTime, t.symbol) },
    { id: 'exitPrice', title: 'Exit price', width: 110, figure: true, value: (t) => t.exitPrice, cell: (t) => price(t.exitPrice) },
    {
        id: 'return',
        title: 'Return',
        width: 90,
        figure: true,
        value: (t) => t.return,
        cell: (t) => <span class={tone(t.return)}>{signedPercent(t.return)}</span>,
    },
    {
        id: 'pnlNet',
        title: 'Net profit',
        width: 100,
        figure: true,
        value: (t) => t.pnlNet,
        cell: (t) => <span class={tone(t.pnlNet)}>{number(t.pnlNet, 2)}</span>,
    },
    { id: 'bars', title: 'Bars', width: 70, figure: true, value: (t) => t.bars, cell: (t) => number(t.bars) },
    { id: 'exitReason', title: 'Exit by', width: 110, value: (t) => t.exitReason, cell: (t) => t.exitReason ?? '' },
];

const none: never[] = [];

/** One strategy of a run: figures, price chart with its trades, profit by condition, list of trades. */
export function StrategyDetails(props: { run: RunDetails; id: string }) {
    const { run, id } = props;
    const found = useQuery(`run/${run.id}/strategy/${id}`, async () => {
        // An id has commas, which separate the conditions of a filter: each part of it is a condition.
        const filter = id
            .split(',')
            .map((part) => `id~${part.trim()}`)
            .join();
        let cursor: string | undefined;
        do {
            const page = await loadStrategies(run.id, { filter, limit: 1000, ...(cursor ? { cursor } : {}) });
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
    const s = strategy.stats ?? {};
    const path = `${runPath(run.id)}/trades?strategy=${encodeURIComponent(strategy.id)}&limit=1000`;
    const trades = useQuery(`run/${run.id}/trades/${strategy.id}`, () => json<{ items: Trade[]; total: number }>(path));
    const signals = useQuery(`run/${run.id}/signals/${strategy.id}`, async () => {
        const answer = await take(
            api.GET('/api/v1/runs/{id}/signals', { params: { path: { id: run.id }, query: { strategy: strategy.id, limit: 1000 } } }),
        );
        return answer.items as unknown as Signal[];
    });
    const [goTo, setGoTo] = useState<{ time: number }>();
    const show = useCallback((t: Trade) => setGoTo({ time: Date.parse(t.entryTime) / 1000 }), []);
    const columns = useMemo(() => columnsWith(show), [show]);
    const verdict = verdictOf(run);
    return (
        <>
            <div class="actions">
                <h2>{strategy.id}</h2>
                <a class="button push" href={`${runPath(run.id)}?tab=strategies`}>
                    All strategies
                </a>
            </div>
            <Figures
                figures={[
                    {
                        name: 'Total return',
                        value: signedPercent(s.totalReturn),
                        tone: tone(s.totalReturn),
                        note: `${signedPercent(s.cagr)} a year`,
                    },
                    { name: 'Sharpe ratio', value: number(s.sharpe, 2), note: `${percent(s.deflatedSharpe, 1)} sure it is not luck` },
                    { name: 'Max drawdown', value: percent(s.maxDrawdown), note: `${number(s.maxDrawdownDays)} days` },
                    { name: 'Trades', value: number(s.trades), note: `${percent(s.winRate, 1)} won` },
                    { name: 'Profit factor', value: number(s.profitFactor, 2), note: `commission ${number(s.commission, 2)}` },
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
            />
            <h2>Trades</h2>
            <Loaded query={trades} height={400}>
                {(page) =>
                    page.items.length === 0 ? (
                        <Empty title="No trades">
                            <p>The strategy made no trade in this span.</p>
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
            <ConditionTable run={run} strategy={strategy.id} />
        </>
    );
}

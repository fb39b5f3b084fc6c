import { useMemo } from 'preact/hooks';
import { useRange } from '../../api/range';
import { json } from '../../api/client';
import { usePages } from '../../api/usePages';
import { useSearch } from '../../api/useSearch';
import { Empty, Failed, Loading } from '../../components/States';
import { StrategyName, strategyWidth } from '../../components/StrategyName';
import { DataTable, type Column } from '../../components/Table';
import { counted } from '../../format/numbers';
import { time } from '../../format/times';
import { whyPath } from '../why/address';
import { runPath, strategyPath, type RunDetails } from './run';
import { tradeColumns, type Trade } from './trades';

type Row = Trade & { strategy: string; number: number };

const pageSize = 100;

const columnsOf = (run: string): Column<Row>[] => [
    {
        id: 'entryTime',
        title: 'Entry',
        width: 140,
        value: (t) => t.entryTime,
        cell: (t) => (
            <a href={`${strategyPath(run, t.strategy)}&at=${encodeURIComponent(t.entryTime)}`} title="Show in the chart of its strategy">
                {time(t.entryTime, t.symbol)}
            </a>
        ),
    },
    { id: 'symbol', title: 'Symbol', width: 90, value: (t) => t.symbol, cell: (t) => t.symbol },
    ...tradeColumns,
    {
        id: 'why',
        title: 'Why',
        width: 70,
        // An entry is decided at the close of the bar before it.
        cell: (t) => (
            <a
                href={whyPath({ run, strategy: t.strategy, symbol: t.symbol, at: t.entryTime, step: -1 })}
                aria-label={`Why trade of ${time(t.entryTime, t.symbol)}, ${t.strategy}?`}
            >
                Why?
            </a>
        ),
    },
    {
        id: 'strategy',
        title: 'Strategy',
        width: strategyWidth,
        value: (t) => t.strategy,
        cell: (t) => (
            <a href={strategyPath(run, t.strategy)}>
                <StrategyName id={t.strategy} />
            </a>
        ),
    },
];

/** The trades of the portfolio: the server sorts and narrows them, the table loads pages as one scrolls. */
export function PortfolioTrades(props: { run: RunDetails }) {
    const { id, files } = props.run;
    const { search, set } = useSearch();
    const range = useRange();
    const sort = search.trades ?? '-exitTime';
    const query = new URLSearchParams({ sort, limit: String(pageSize), ...range.query }).toString();
    const { rows, problem, more } = usePages<Row>(
        `${id}|${query}`,
        async (cursor) => {
            const page = await json<{ items: Trade[]; total: number; next: string | null }>(
                `${runPath(id)}/portfolio-trades?${query}${cursor ? `&cursor=${cursor}` : ''}`,
            );
            const before = Number(cursor ?? 0);
            return { ...page, items: page.items.map((t, i) => ({ ...t, number: before + i })) as Row[] };
        },
        0,
    );
    const columns = useMemo(() => columnsOf(id), [id]);
    if (!files.includes('portfolio_trades.csv')) return null;
    return (
        <section>
            <h2>Trades of the portfolio</h2>
            {problem && <Failed problem={problem} />}
            {!rows && !problem && <Loading height={420} />}
            {rows?.total === 0 && (
                <Empty title="No trades">
                    <p>The portfolio closed no trade{range.range ? ' in this range' : ''}.</p>
                </Empty>
            )}
            {rows && rows.total > 0 && (
                <>
                    <p class="note" role="status">
                        {counted(rows.total, 'trade')}
                        {range.range ? ', closed in the range' : ''}. Choose an entry to see the trade in the chart of its strategy.
                    </p>
                    <DataTable
                        label="Trades of the portfolio"
                        rows={rows.items}
                        columns={columns}
                        id={(t) => String(t.number)}
                        sorting={{ id: sort.replace(/^-/, ''), descending: sort.startsWith('-') }}
                        total={rows.total}
                        onMore={more}
                        onSort={(s) => s && set({ trades: `${s.descending ? '-' : ''}${s.id}` })}
                        height={420}
                    />
                </>
            )}
        </section>
    );
}

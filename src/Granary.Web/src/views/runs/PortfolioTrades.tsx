import { useEffect, useMemo, useRef } from 'preact/hooks';
import { useRange } from '../../api/range';
import { ServerList } from '../../components/ServerList';
import { StrategyName, strategyWidth } from '../../components/StrategyName';
import type { Column } from '../../components/Table';
import { counted } from '../../format/numbers';
import { time } from '../../format/times';
import { whyPath } from '../why/address';
import { runPath, strategyPath, tradePath, type RunDetails } from './run';
import { tradeColumns, tradeFields, tradeHint, type Trade } from './trades';

type Row = Trade & { strategy: string };

const columnsOf = (run: string): Column<Row>[] => [
    {
        id: 'entryTime',
        title: 'Entry',
        width: 130,
        value: (t) => t.entryTime,
        cell: (t) => (
            <a href={tradePath(run, t)} title="Show in the chart of its strategy">
                {time(t.entryTime, t.symbol)}
            </a>
        ),
    },
    { id: 'symbol', title: 'Symbol', width: 84, value: (t) => t.symbol, cell: (t) => t.symbol },
    // With all columns the list would be wider than most screens.
    ...tradeColumns.map((c) => (c.id === 'mae' || c.id === 'mfe' ? { ...c, isOptional: true } : c)),
    {
        id: 'why',
        title: 'Why',
        width: 54,
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
        // All columns fit into a window of 1440 pixels; a long name takes two lines.
        width: Math.min(strategyWidth, 212),
        value: (t) => t.strategy,
        cell: (t) => (
            <a href={strategyPath(run, t.strategy)}>
                <StrategyName id={t.strategy} />
            </a>
        ),
    },
];

/** The trades of the portfolio, or those of all strategies in their own accounts. */
function Trades(props: { run: RunDetails; of: 'portfolio' | 'strategies' }) {
    const { run, of } = props;
    const range = useRange();
    const columns = useMemo(() => columnsOf(run.id), [run.id]);
    const fields = useMemo(() => [...tradeFields(run.markets), { key: 'strategy', title: 'Strategy' }], [run.markets]);
    return (
        <ServerList
            name="trades"
            label={of === 'portfolio' ? 'Trades of the portfolio' : 'Trades of all strategies'}
            path={`${runPath(run.id)}/${of === 'portfolio' ? 'portfolio-trades' : 'trades'}`}
            query={range.query}
            columns={columns}
            fields={fields}
            date="entryTime"
            sort="-exitTime"
            note={(total) =>
                `${counted(total, 'trade')}${range.range ? ', closed in the range' : ''}. Choose an entry to see the trade in the chart of its strategy.`
            }
            empty={`No such trade was closed${range.range ? ' in this range' : ' in this run'}.`}
            hint={tradeHint}
            height={of === 'portfolio' ? 420 : 560}
            file={`${run.id}-${of === 'portfolio' ? 'portfolio-trades' : 'trades'}`}
        />
    );
}

/** The trades of the portfolio of a run. */
export function PortfolioTrades(props: { run: RunDetails }) {
    const section = useRef<HTMLElement>(null);
    useEffect(() => {
        if (location.hash === '#trades') section.current?.scrollIntoView();
    }, []);
    if (!props.run.files.includes('portfolio_trades.csv')) return null;
    return (
        <section ref={section}>
            <h2>Trades of the portfolio</h2>
            <Trades run={props.run} of="portfolio" />
        </section>
    );
}

/** The trades of all strategies of a run, each in its own account. */
export function AllTrades(props: { run: RunDetails }) {
    return (
        <>
            <p class="lead">Each trade of each strategy, in the strategy’s own account. The portfolio’s own trades are on the overview.</p>
            <Trades run={props.run} of="strategies" />
        </>
    );
}

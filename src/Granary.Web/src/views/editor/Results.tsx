import { useQuery } from '../../api/useQuery';
import { Badge } from '../../components/Badge';
import { Figures } from '../../components/Figures';
import { ShortTable } from '../../components/ShortTable';
import { Loaded } from '../../components/States';
import { counted, number, percent, price, signedNumber, signedPercent, tone } from '../../format/numbers';
import { time } from '../../format/times';
import { AccountCharts } from '../runs/AccountCharts';
import { currencyOf, loadRun, runPath, verdictOf, type RunDetails } from '../runs/run';
import type { Trade } from '../runs/trades';
import { differenceOf, loadTrades, luckOf, mostTrades } from './results';

interface LoadedRun {
    run: RunDetails;
    trades: Trade[];
    total: number;
}

const load = async (id: string): Promise<LoadedRun> => {
    const run = await loadRun(id);
    const { items, total } = await loadTrades(run);
    return { run, trades: items, total };
};

/** Most trades of the table; the page of the run has all. */
const mostRows = 100;

/** The last run of a draft, and what has changed since the run before it. */
export function Results(props: { id: string; before: string | null }) {
    const now = useQuery(`editor/${props.id}`, () => load(props.id));
    const before = useQuery(props.before && `editor/${props.before}`, () => load(props.before ?? ''));
    return (
        <section aria-labelledby="editor-results" class="results">
            <h2 id="editor-results">Results</h2>
            <Loaded query={now} height={500}>
                {(shown) => (
                    <>
                        <Key run={shown.run} />
                        {before.data && <Changes before={before.data} now={shown} />}
                        <Luckbar run={shown.run} />
                        <AccountCharts run={shown.run.id} currency={currencyOf(shown.run)} />
                        <Trades shown={shown} />
                        <p>
                            <a class="button" href={runPath(shown.run.id)}>
                                All results of this run
                            </a>
                        </p>
                    </>
                )}
            </Loaded>
        </section>
    );
}

function Key(props: { run: RunDetails }) {
    const { run } = props;
    const s = run.portfolio.stats ?? {};
    const verdict = verdictOf(run);
    return (
        <>
            <Figures
                figures={[
                    {
                        name: 'Verdict',
                        value: <Badge kind={verdict.kind}>{verdict.text}</Badge>,
                        note: `${verdict.passed} of ${verdict.of} checks passed`,
                    },
                    {
                        name: 'Total return',
                        value: signedPercent(s.totalReturn),
                        tone: tone(s.totalReturn),
                        note: `${signedPercent(s.cagr)} a year`,
                    },
                    { name: 'Sharpe ratio', value: number(s.sharpe, 2), note: 'a year' },
                    { name: 'Max drawdown', value: percent(s.maxDrawdown), note: `${number(s.maxDrawdownDays)} days` },
                    { name: 'Trades', value: number(s.trades), note: `${percent(s.winRate, 1)} won` },
                    { name: 'Profit factor', value: number(s.profitFactor, 2), note: 'net wins over net losses' },
                ]}
            />
            {(s.totalReturn ?? null) === null && (
                <p class="notice">
                    No strategy of this run has a weight, so that its portfolio has no figures. By default only strategies with a profit
                    have one; <code>{'// granary: { "portfolio": { "weights": "equal" } }'}</code> gives each a weight.
                </p>
            )}
            <p class="note">
                {run.name}: {counted(run.strategies, 'strategy', 'strategies')}, figures of the portfolio’s account.{' '}
                {run.guards?.conclusions?.[0]}
            </p>
        </>
    );
}

function Changes(props: { before: LoadedRun; now: LoadedRun }) {
    const { before, now } = props;
    const [old, next] = [before.run.portfolio.stats ?? {}, now.run.portfolio.stats ?? {}];
    const change = (key: string) => {
        const [a, b] = [old[key], next[key]];
        return typeof a === 'number' && typeof b === 'number' ? b - a : undefined;
    };
    const isWhole = [before, now].every((r) => r.total <= mostTrades);
    const { gained, lost } = differenceOf(before.trades, now.trades);
    const [profit, sharpe] = [change('totalReturn'), change('sharpe')];
    const isSame = before.run.digest === now.run.digest;
    return (
        <section>
            <h3>Since the run before</h3>
            {isSame ? (
                <p class="note">Nothing has changed: both runs have the same digest.</p>
            ) : (
                <Figures
                    figures={[
                        {
                            name: 'Return',
                            value: profit === undefined ? '–' : `${signedNumber(profit * 100, 2)} points`,
                            tone: tone(profit),
                            note: `from ${signedPercent(old.totalReturn)}`,
                        },
                        { name: 'Sharpe ratio', value: signedNumber(sharpe, 2), tone: tone(sharpe), note: `from ${number(old.sharpe, 2)}` },
                        ...(isWhole
                            ? [
                                  { name: 'Trades gained', value: number(gained.length), note: 'entries that only this run has' },
                                  { name: 'Trades lost', value: number(lost.length), note: 'entries that only the run before has' },
                              ]
                            : []),
                    ]}
                />
            )}
            {!isSame && !isWhole && <p class="note">Trades are compared up to {number(mostTrades)} in a run.</p>}
            {(gained.length > 0 || lost.length > 0) && (
                <details>
                    <summary>The trades that differ</summary>
                    <ShortTable
                        label="Trades gained and lost"
                        rows={[
                            ...gained.slice(0, mostRows).map((t) => ({ ...t, change: 'gained' })),
                            ...lost.slice(0, mostRows).map((t) => ({ ...t, change: 'lost' })),
                        ]}
                        columns={[
                            { title: 'Trade', cell: (t) => t.change },
                            { title: 'Symbol', cell: (t) => t.symbol },
                            { title: 'Side', cell: (t) => t.side },
                            { title: 'Entry', nowrap: true, cell: (t) => time(t.entryTime, t.symbol) },
                            { title: 'Return', figure: true, cell: (t) => signedPercent(t.return), tone: (t) => tone(t.return) },
                        ]}
                    />
                </details>
            )}
        </section>
    );
}

/** The Sharpe ratio against the one that luck alone would show after so many trials. */
function Luckbar(props: { run: RunDetails }) {
    const luck = luckOf(props.run);
    const sentence = props.run.guards?.conclusions?.find((c) => c.includes('combinations have been run'));
    if (luck === null)
        return (
            <section>
                <h3>Trials</h3>
                <p class="note">{sentence ?? 'The record of this run is too short to be compared with luck.'}</p>
            </section>
        );
    const whole = Math.max(luck.best, luck.sharpe, 0.01) * 1.1;
    const place = (v: number) => `${(Math.max(0, v) / whole) * 100}%`;
    const isAbove = luck.sharpe > luck.best;
    return (
        <section>
            <h3>{counted(luck.trials, 'trial')} spent on these bars</h3>
            <div
                class="luck"
                role="img"
                aria-label={`Annual Sharpe ratio ${number(luck.sharpe, 2)}; the best of ${counted(luck.trials, 'worthless trial')} would show ${number(luck.best, 2)}`}
            >
                <span class={isAbove ? 'own above' : 'own'} style={{ width: place(luck.sharpe) }} />
                <span class="mark" style={{ left: place(luck.best) }} />
            </div>
            <p class="note">
                By {luck.period}, this run has an annual Sharpe ratio of {number(luck.sharpe, 2)}. The mark is the luck bar,{' '}
                {number(luck.best, 2)}: what the best of so many worthless trials would be expected to show.{' '}
                {isAbove ? 'The run is above it.' : 'The run is not above it.'} {counted(luck.own, 'combination')} of this run{' '}
                {luck.own === 1 ? 'was' : 'were'} new.
            </p>
        </section>
    );
}

function Trades(props: { shown: LoadedRun }) {
    const { trades, total } = props.shown;
    const rows = trades.slice(-mostRows).reverse();
    return (
        <section>
            <h3>Trades</h3>
            <ShortTable
                label="Newest trades"
                rows={rows}
                columns={[
                    { title: 'Entry', nowrap: true, cell: (t) => time(t.entryTime, t.symbol) },
                    { title: 'Symbol', cell: (t) => t.symbol },
                    { title: 'Side', cell: (t) => t.side },
                    { title: 'Entry price', figure: true, cell: (t) => price(t.entryPrice) },
                    { title: 'Exit price', figure: true, cell: (t) => price(t.exitPrice) },
                    { title: 'Return', figure: true, cell: (t) => signedPercent(t.return), tone: (t) => tone(t.return) },
                    { title: 'Net profit', figure: true, cell: (t) => number(t.pnlNet, 2), tone: (t) => tone(t.pnlNet) },
                    { title: 'Exit by', cell: (t) => t.exitReason ?? '' },
                ]}
                empty="The portfolio closed no trade."
            />
            {total > rows.length && (
                <p class="note">
                    The newest {number(rows.length)} of {counted(total, 'trade')}, open ones included.
                </p>
            )}
        </section>
    );
}

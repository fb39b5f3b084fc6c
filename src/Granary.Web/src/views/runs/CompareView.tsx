import { takeCurve } from '../../api/series';
import { useQuery } from '../../api/useQuery';
import { useSearch } from '../../api/useSearch';
import { HeatTable } from '../../components/HeatTable';
import { LineChart } from '../../components/LineChart';
import { RunField } from '../../components/RunField';
import { Empty, Failed, Loaded, Loading } from '../../components/States';
import { ShortTable } from '../../components/ShortTable';
import { number, percent, signedPercent } from '../../format/numbers';
import { useTitle } from '../../layout/title';
import { yearsOf } from './Months';
import { currencyOf, loadRun, mostCompared, runKinds, runPath, verdictOf, type RunDetails } from './run';
import './runs.css';

const figures: { key: string; name: string; text: (v: number | null | undefined) => string; isAmount?: boolean }[] = [
    { key: 'totalReturn', name: 'Total return', text: (v) => signedPercent(v) },
    { key: 'cagr', name: 'Return a year', text: (v) => signedPercent(v) },
    { key: 'sharpe', name: 'Sharpe ratio', text: (v) => number(v, 2) },
    { key: 'sortino', name: 'Sortino ratio', text: (v) => number(v, 2) },
    { key: 'calmar', name: 'Calmar ratio', text: (v) => number(v, 2) },
    { key: 'deflatedSharpe', name: 'Not luck', text: (v) => percent(v, 1) },
    { key: 'maxDrawdown', name: 'Max drawdown', text: (v) => percent(v) },
    { key: 'maxDrawdownDays', name: 'Max drawdown, days', text: (v) => number(v) },
    { key: 'volatility', name: 'Volatility a year', text: (v) => percent(v) },
    { key: 'profitFactor', name: 'Profit factor', text: (v) => number(v, 2) },
    { key: 'winRate', name: 'Trades won', text: (v) => percent(v, 1) },
    { key: 'trades', name: 'Trades', text: (v) => number(v) },
    { key: 'expectancy', name: 'Mean net profit of a trade', text: (v) => number(v, 2), isAmount: true },
    { key: 'exposure', name: 'Time in the market', text: (v) => percent(v, 1) },
    { key: 'commission', name: 'Commission', text: (v) => number(v, 2), isAmount: true },
    { key: 'finalEquity', name: 'Final equity', text: (v) => number(v, 2), isAmount: true },
];

const colours = ['s1', 's2', 's3', 's4', 'soft'];

/** Two to five runs beside one another. */
export default function CompareView() {
    useTitle('Compare');
    const { search, set } = useSearch();
    const ids = (search.runs ?? '').split(',').filter((id) => id !== '');
    const runs = useQuery(ids.length === 0 ? null : `compare/${ids.join()}`, () => Promise.all(ids.map(loadRun)));
    return (
        <>
            <h1>Compare runs</h1>
            {ids.length < mostCompared && (
                <div class="filters">
                    <RunField
                        label={ids.length === 0 ? 'First run' : 'Add a run'}
                        value=""
                        only={(r) => !ids.includes(r.id)}
                        onValue={(id) => set({ runs: [...ids, id].join() })}
                    />
                </div>
            )}
            {ids.length < 2 && (
                <Empty title={ids.length === 0 ? 'Choose two to five runs' : 'Choose a second run'}>
                    <p>Their figures, checks and equity appear beside one another.</p>
                </Empty>
            )}
            {ids.length > 0 && (
                <Loaded query={runs}>
                    {(loaded) => <Comparison runs={loaded} remove={(id) => set({ runs: ids.filter((i) => i !== id).join() })} />}
                </Loaded>
            )}
        </>
    );
}

function Comparison(props: { runs: RunDetails[]; remove: (id: string) => void }) {
    const { runs } = props;
    const same = runs.every((r) => r.digest === runs[0]?.digest);
    const currencies = new Set(runs.map(currencyOf));
    const currency = currencies.size === 1 ? [...currencies][0] : 'each in the currency of its account';
    const rows = [
        { name: 'Kind', of: (r: RunDetails) => runKinds[r.kind] ?? r.kind },
        { name: 'Checks passed', of: (r: RunDetails) => `${verdictOf(r).passed} of ${verdictOf(r).of}` },
        ...figures.map((f) => ({
            name: f.isAmount ? `${f.name}, ${currency}` : f.name,
            of: (r: RunDetails) => f.text(r.portfolio.stats?.[f.key]),
        })),
    ];
    return (
        <>
            {runs.length > 1 && (
                <p class={`notice ${same ? 'calm' : ''}`}>
                    {same
                        ? 'The runs have the same digest: all trades, signals and equity are equal.'
                        : 'The digests differ: the results are not the same.'}
                </p>
            )}
            <ShortTable
                label="Figures of the runs"
                rows={rows}
                columns={[
                    { title: 'Figure', cell: (row) => row.name },
                    ...runs.map((r) => ({
                        title: (
                            <>
                                <a href={runPath(r.id)} title={r.id}>
                                    {r.name}
                                </a>{' '}
                                <button type="button" aria-label={`Remove ${r.name}`} title="Remove" onClick={() => props.remove(r.id)}>
                                    ×
                                </button>
                            </>
                        ),
                        figure: true,
                        cell: (row: (typeof rows)[number]) => row.of(r),
                    })),
                ]}
            />
            <Equities runs={runs} />
        </>
    );
}

/** Curves of several runs over the times of all of them. */
interface Aligned {
    x: number[];
    /** One for each run, with its last value in between its own times, and none after its end. */
    values: (number | null)[][];
}

/** Brings curves with times of their own to the times of all of them. */
export function aligned(curves: readonly { times: readonly string[]; values: readonly (number | null)[] }[]): Aligned {
    const x = [...new Set(curves.flatMap((c) => c.times.map((t) => Date.parse(t) / 1000)))].sort((a, b) => a - b);
    return {
        x,
        values: curves.map((c) => {
            const known = new Map(c.times.map((t, k) => [Date.parse(t) / 1000, c.values[k] ?? null]));
            const end = Date.parse(c.times.at(-1) ?? '') / 1000;
            let last: number | null = null;
            return x.map((second) => {
                last = known.get(second) ?? last;
                return second > end ? null : last;
            });
        }),
    };
}

function Equities(props: { runs: RunDetails[] }) {
    const { runs } = props;
    const ids = runs.map((r) => r.id).join();
    const take = (name: string) => Promise.all(runs.map((r) => takeCurve(r.id, name, { points: 1500 })));
    const curves = useQuery(`compare/curves/${ids}`, async () => {
        const [equity, drawdown] = await Promise.all([take('equity'), take('drawdown')]);
        const of = (values: (number | null)[][], textOf: (v: number, i: number) => number) =>
            values.map((line, i) => ({
                name: `${i + 1}. ${runs[i]?.name ?? ''}`,
                values: line.map((v) => (v === null ? null : textOf(v, i))),
                colour: colours[i] ?? 'soft',
                dashed: i === 1,
            }));
        const [e, d] = [aligned(equity), aligned(drawdown)];
        // Each begins at 100, so that runs with different cash can be compared.
        const first = equity.map((c) => c.values.find((v) => v != null && v !== 0) ?? 1);
        return {
            equity: { x: e.x, lines: of(e.values, (v, i) => (100 * v) / (first[i] ?? 1)) },
            drawdown: { x: d.x, lines: of(d.values, (v) => -v) },
        };
    });
    const what = runs.length === 1 ? 'the run' : 'the runs';
    return (
        <>
            {curves.data ? (
                <>
                    <LineChart
                        title="Equity"
                        unit="100 at each run’s first bar"
                        summary={`Equity of ${what} over time`}
                        {...curves.data.equity}
                        canLog
                        height={280}
                    />
                    <LineChart
                        title="Drawdown"
                        unit="percent below the peak"
                        summary={`Drawdown of ${what} over time`}
                        {...curves.data.drawdown}
                        format={(v) => percent(v, 1)}
                        height={150}
                    />
                </>
            ) : curves.problem ? (
                <Failed problem={curves.problem} />
            ) : (
                <Loading height={530} />
            )}
            <Years runs={runs} />
        </>
    );
}

/** The returns of the years of each run. */
function Years(props: { runs: RunDetails[] }) {
    const { runs } = props;
    const months = useQuery(`compare/months/${runs.map((r) => r.id).join()}`, () =>
        Promise.all(runs.map((r) => takeCurve(r.id, 'months'))),
    );
    if (!months.data) return months.problem ? <Failed problem={months.problem} /> : <Loading height={140} />;
    const all = months.data.map((m) => yearsOf(m.times, m.values));
    const years = [...new Set(all.flatMap((rows) => rows.map((y) => y.year)))].sort((a, b) => a - b);
    const names = runs.map((r, i) => (
        <a key={r.id} href={runPath(r.id)}>
            {i + 1}. {r.name}
        </a>
    ));
    return (
        <>
            <h2>Returns by year</h2>
            <HeatTable
                label="Returns by year"
                corner="Run"
                columns={years.map((y) => ({ name: `${y}` }))}
                rows={all.map((rows, i) => ({
                    name: names[i],
                    cells: years.map((year) => {
                        const total = rows.find((y) => y.year === year)?.total;
                        return total === undefined ? undefined : { text: signedPercent(total, 1), value: total };
                    }),
                }))}
            />
        </>
    );
}

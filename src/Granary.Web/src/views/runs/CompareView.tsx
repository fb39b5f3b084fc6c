import { takeCurve } from '../../api/series';
import { useQuery } from '../../api/useQuery';
import { useSearch } from '../../api/useSearch';
import { LineChart } from '../../components/LineChart';
import { RunField } from '../../components/RunField';
import { Empty, Failed, Loaded, Loading } from '../../components/States';
import { ShortTable } from '../../components/ShortTable';
import { number, percent, signedPercent } from '../../format/numbers';
import { useTitle } from '../../layout/title';
import { currencyOf, loadRun, mostCompared, runKinds, runPath, verdictOf, type RunDetails } from './run';

const figures: { key: string; name: string; text: (v: number | null | undefined) => string; isAmount?: boolean }[] = [
    { key: 'totalReturn', name: 'Total return', text: (v) => signedPercent(v) },
    { key: 'cagr', name: 'Return a year', text: (v) => signedPercent(v) },
    { key: 'sharpe', name: 'Sharpe ratio', text: (v) => number(v, 2) },
    { key: 'sortino', name: 'Sortino ratio', text: (v) => number(v, 2) },
    { key: 'maxDrawdown', name: 'Max drawdown', text: (v) => percent(v) },
    { key: 'volatility', name: 'Volatility a year', text: (v) => percent(v) },
    { key: 'profitFactor', name: 'Profit factor', text: (v) => number(v, 2) },
    { key: 'winRate', name: 'Trades won', text: (v) => percent(v, 1) },
    { key: 'trades', name: 'Trades', text: (v) => number(v) },
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

function Equities(props: { runs: RunDetails[] }) {
    const { runs } = props;
    const curves = useQuery(`compare/equity/${runs.map((r) => r.id).join()}`, async () => {
        const all = await Promise.all(runs.map((r) => takeCurve(r.id, 'equity', { points: 1500 })));
        // Each curve has times of its own: all are drawn over all of them, each with its last value in between and none after its end.
        // Each begins at 100, so that runs with different cash can be compared.
        const xs = [...new Set(all.flatMap((c) => c.times.map((t) => Date.parse(t) / 1000)))].sort((x, y) => x - y);
        const lines = all.map((c, i) => {
            const known = new Map(c.times.map((t, k) => [Date.parse(t) / 1000, c.values[k] ?? null]));
            const end = Date.parse(c.times.at(-1) ?? '') / 1000;
            const first = c.values.find((v) => v != null && v !== 0) ?? 1;
            let last: number | null = null;
            const name = `${i + 1}. ${runs[i]?.name ?? ''}`;
            const values = xs.map((x) => {
                last = known.get(x) ?? last;
                return last === null || x > end ? null : (100 * last) / first;
            });
            return { name, values, colour: colours[i] ?? 'soft', dashed: i === 1 };
        });
        return { xs, lines };
    });
    if (!curves.data) return curves.problem ? <Failed problem={curves.problem} /> : <Loading height={330} />;
    return (
        <LineChart
            title="Equity"
            unit="100 at each run’s first bar"
            summary={`Equity of ${runs.length === 1 ? 'the run' : 'the runs'} over time`}
            x={curves.data.xs}
            lines={curves.data.lines}
            height={280}
        />
    );
}

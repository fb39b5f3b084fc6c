import { api, take } from '../../api/client';
import { takeCurve } from '../../api/series';
import { useQuery } from '../../api/useQuery';
import { useSearch } from '../../api/useSearch';
import { SelectField } from '../../components/Field';
import { LineChart } from '../../components/LineChart';
import { Empty, Failed, Loaded, Loading } from '../../components/States';
import { ShortTable } from '../../components/ShortTable';
import { number, percent, short, signed, signedNumber, signedPercent } from '../../format/numbers';
import { time } from '../../format/times';
import { useTitle } from '../../layout/title';
import { loadRun, runPath, verdictOf, type RunDetails } from './run';

const rows: { key: string; name: string; text: (v: number | null | undefined) => string }[] = [
    { key: 'totalReturn', name: 'Total return', text: (v) => signedPercent(v) },
    { key: 'cagr', name: 'Return a year', text: (v) => signedPercent(v) },
    { key: 'sharpe', name: 'Sharpe ratio', text: (v) => number(v, 2) },
    { key: 'sortino', name: 'Sortino ratio', text: (v) => number(v, 2) },
    { key: 'maxDrawdown', name: 'Max drawdown', text: (v) => percent(v) },
    { key: 'volatility', name: 'Volatility a year', text: (v) => percent(v) },
    { key: 'profitFactor', name: 'Profit factor', text: (v) => number(v, 2) },
    { key: 'winRate', name: 'Trades won', text: (v) => percent(v, 1) },
    { key: 'trades', name: 'Trades', text: (v) => number(v) },
    { key: 'exposure', name: 'Exposure', text: (v) => percent(v, 1) },
    { key: 'commission', name: 'Commission, account currency', text: (v) => number(v, 2) },
    { key: 'finalEquity', name: 'Final equity, account currency', text: (v) => number(v, 2) },
];

/** Two runs beside one another. */
export default function CompareView() {
    useTitle('Compare');
    const { search, set: setSearch } = useSearch();
    const runs = useQuery('compare/runs', () => take(api.GET('/api/v1/runs', { params: { query: { limit: 1000 } } })));
    const options = [
        { value: '', label: 'Choose a run' },
        ...(runs.data?.items ?? []).map((r) => ({ value: r.id, label: `${r.batch}, ${time(r.created)}` })),
    ];
    return (
        <>
            <h1>Compare two runs</h1>
            <div class="row">
                <SelectField label="First" value={search.a ?? ''} options={options} onValue={(a) => setSearch({ a })} />
                <SelectField label="Second" value={search.b ?? ''} options={options} onValue={(b) => setSearch({ b })} />
            </div>
            {search.a && search.b ? (
                <Both a={search.a} b={search.b} />
            ) : (
                <Empty title="Choose two runs">
                    <p>Their figures, checks and equity appear beside one another.</p>
                </Empty>
            )}
        </>
    );
}

function Both(props: { a: string; b: string }) {
    const both = useQuery(`compare/${props.a}/${props.b}`, () => Promise.all([loadRun(props.a), loadRun(props.b)]));
    return <Loaded query={both}>{([a, b]) => <Comparison a={a} b={b} />}</Loaded>;
}

function Comparison(props: { a: RunDetails; b: RunDetails }) {
    const { a, b } = props;
    const [va, vb] = [verdictOf(a), verdictOf(b)];
    return (
        <>
            <p class={`notice ${a.digest === b.digest ? 'calm' : ''}`}>
                {a.digest === b.digest
                    ? 'Both runs have the same digest: all trades, signals and equity are equal.'
                    : 'The digests differ: the results are not the same.'}
            </p>
            <ShortTable
                label="Figures of both runs"
                rows={[
                    {
                        name: 'Checks passed',
                        texts: [`${va.passed} of ${va.of}`, `${vb.passed} of ${vb.of}`, signedNumber(vb.passed - va.passed, 0)],
                    },
                    ...rows.map((r) => {
                        const [x, y] = [a.portfolio.stats?.[r.key], b.portfolio.stats?.[r.key]];
                        const difference = typeof x === 'number' && typeof y === 'number' ? signed(y - x, r.text) : '–';
                        return { name: r.name, texts: [r.text(x), r.text(y), difference] };
                    }),
                ]}
                columns={[
                    { title: 'Figure', cell: (r) => r.name },
                    { title: <a href={runPath(a.id)}>{a.batch}</a>, figure: true, cell: (r) => r.texts[0] },
                    { title: <a href={runPath(b.id)}>{b.batch}</a>, figure: true, cell: (r) => r.texts[1] },
                    { title: 'Difference', figure: true, cell: (r) => r.texts[2] },
                ]}
            />
            <Equities a={a} b={b} />
        </>
    );
}

function Equities(props: { a: RunDetails; b: RunDetails }) {
    const load = (id: string) => takeCurve(id, 'equity', { points: 1500 });
    const curves = useQuery(`compare/equity/${props.a.id}/${props.b.id}`, async () => {
        const [a, b] = await Promise.all([load(props.a.id), load(props.b.id)]);
        // Each curve has times of its own: both are drawn over all of them, with gaps that the chart joins.
        const xs = [...new Set([...a.times, ...b.times].map((t) => Date.parse(t) / 1000))].sort((x, y) => x - y);
        const over = (c: typeof a) => {
            const known = new Map(c.times.map((t, i) => [Date.parse(t) / 1000, c.values[i] ?? null]));
            let last: number | null = null;
            return xs.map((x) => (last = known.get(x) ?? last));
        };
        return {
            xs,
            lines: [
                { name: `${props.a.batch} (first)`, values: over(a), colour: 's1' },
                { name: `${props.b.batch} (second)`, values: over(b), colour: 's2', dashed: true },
            ],
        };
    });
    if (!curves.data) return curves.problem ? <Failed problem={curves.problem} /> : <Loading height={330} />;
    return (
        <LineChart
            title="Equity"
            unit="account currency"
            summary="Equity of both runs over time"
            x={curves.data.xs}
            lines={curves.data.lines}
            format={short}
            height={280}
        />
    );
}

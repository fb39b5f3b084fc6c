import { useState } from 'preact/hooks';
import { takeCurve } from '../../api/series';
import { useQuery } from '../../api/useQuery';
import { Badge } from '../../components/Badge';
import { Figures } from '../../components/Figures';
import { LineChart } from '../../components/LineChart';
import { Failed, Loading } from '../../components/States';
import { ShortTable } from '../../components/ShortTable';
import { number, percent, signedPercent, tone } from '../../format/numbers';
import { benchmarkAt, useAnalysis } from './Analysis';
import { Months } from './Months';
import { checkNames, verdictOf, type RunDetails } from './run';

/** The portfolio of a run: headline figures, each with how far it can be believed, equity, drawdown, months, checks. */
export function Overview(props: { run: RunDetails }) {
    const { run } = props;
    const s = run.portfolio.stats ?? {};
    const verdict = verdictOf(run);
    const unseen = run.evidence?.outOfSample as { return?: number } | undefined;
    const deflated = run.evidence?.deflatedSharpe as { value?: number; effectiveTrials?: number } | undefined;
    const stress = run.evidence?.costStress as { stressed?: number } | undefined;
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
                        note:
                            unseen?.return === undefined
                                ? `${signedPercent(s.cagr)} a year`
                                : `${signedPercent(unseen.return, 1)} on bars not seen`,
                    },
                    {
                        name: 'Sharpe ratio',
                        value: number(s.sharpe, 2),
                        note:
                            deflated?.value === undefined
                                ? `from every bar; Sortino ${number(s.sortino, 2)}`
                                : `from every bar; ${percent(deflated.value, 1)} sure it is not luck`,
                    },
                    {
                        name: 'Max drawdown',
                        value: percent(s.maxDrawdown),
                        note: `${number(s.maxDrawdownDays)} days`,
                    },
                    {
                        name: 'Trades',
                        value: number(s.trades),
                        note:
                            stress?.stressed === undefined
                                ? `${percent(s.winRate, 1)} won`
                                : `${signedPercent(stress.stressed, 1)} with double costs and each order one bar later, ${run.kind === 'walk-forward' ? 'of the portfolio' : 'mean of the strategies’ own accounts'}`,
                    },
                    { name: 'Commission', value: number(s.commission, 2), note: 'account currency' },
                ]}
            />
            <p class="note">
                Figures are of the portfolio’s account where they do not say otherwise; ratios are annualised.
                {stress?.stressed !== undefined &&
                    ' The return with double costs can be above the total return: each order also fills one bar later, at a price that may be better' +
                        (run.kind === 'walk-forward' ? '.' : ', and each strategy has an account of its own.')}
            </p>
            {run.portfolio.stats === null && <p class="notice">No strategy of this run has a weight, so that it has no portfolio.</p>}
            <Curves run={run} />
            <Months run={run} />
            <Checks run={run} />
        </>
    );
}

type Span = { from: number; to: number } | null;

// The server sends as many points as the chart has pixels; a zoom asks for the points of the stretch in sight.
function Curves(props: { run: RunDetails }) {
    const { run } = props;
    const [span, setSpan] = useState<Span>(null);
    const equity = useCurve(run.id, 'equity', span);
    const drawdown = useCurve(run.id, 'drawdown', span);
    const benchmark = useAnalysis(run).data?.benchmark;
    const problem = equity.problem ?? drawdown.problem;
    if (problem && !equity.data) return <Failed problem={problem} retry={equity.reload} />;
    return (
        <>
            {span && (
                <div class="actions">
                    <button type="button" onClick={() => setSpan(null)}>
                        Show the whole
                    </button>
                </div>
            )}
            {equity.data ? (
                <LineChart
                    title="Equity"
                    unit="account currency"
                    summary="Equity of the portfolio over time"
                    x={equity.data.x}
                    lines={[
                        { name: 'Equity', values: equity.data.values, colour: 's1' },
                        ...(benchmark ? [{ name: benchmark.name, values: benchmarkAt(benchmark, equity.data.x), colour: 's2' }] : []),
                    ]}
                    onZoom={setSpan}
                    height={280}
                />
            ) : (
                <Loading height={330} />
            )}
            {drawdown.data ? (
                <LineChart
                    title="Drawdown"
                    unit="percent below the peak"
                    summary="Drawdown of the portfolio over time"
                    x={drawdown.data.x}
                    format={(v) => percent(v, 1)}
                    height={150}
                    onZoom={setSpan}
                    lines={[
                        {
                            name: 'Drawdown',
                            values: drawdown.data.values.map((v) => (v === null ? null : -v)),
                            colour: 'loss',
                            filled: true,
                        },
                    ]}
                />
            ) : (
                <Loading height={200} />
            )}
            <p class="note">Drag over a chart to see a stretch of it in full detail.</p>
        </>
    );
}

function useCurve(id: string, name: string, span: Span) {
    return useQuery(`run/${id}/${name}/${span?.from ?? ''}/${span?.to ?? ''}`, async () => {
        const iso = (s: number) => new Date(s * 1000).toISOString();
        const query = { points: 2000, ...(span ? { from: iso(span.from), to: iso(span.to) } : {}) };
        const curve = await takeCurve(id, name, query);
        return { x: curve.times.map((t) => Date.parse(t) / 1000), values: curve.values as (number | null)[] };
    });
}

function Checks(props: { run: RunDetails }) {
    const { evidence, guards, notes } = props.run;
    const checks = Object.entries(evidence ?? {}).filter(([, c]) => typeof c === 'object' && 'state' in c);
    return (
        <section id="belief">
            <h2>How far this can be believed</h2>
            {checks.length === 0 ? (
                <p class="lead">No validation check looked at this run.</p>
            ) : (
                <>
                    <p class="lead">
                        {guards?.conclusions?.[0] ?? 'A live session trades a configuration only where all checks have passed.'}
                    </p>
                    <ShortTable
                        label="Validation checks"
                        rows={checks}
                        columns={[
                            { title: 'Check', cell: ([name]) => checkNames[name] ?? name },
                            {
                                title: 'Outcome',
                                cell: ([, check]) => check.state,
                                tone: ([, check]) => (check.state === 'passed' ? 'gain' : check.state === 'failed' ? 'loss' : 'soft'),
                            },
                            { title: 'What was found', cell: ([, check]) => check.sentence, prose: true },
                        ]}
                    />
                </>
            )}
            {(guards?.conclusions?.length ?? 0) > 1 && (
                <details>
                    <summary>The reasons, in {number(guards?.conclusions?.length)} sentences</summary>
                    <ul>
                        {guards?.conclusions?.map((c) => (
                            <li key={c}>{c}</li>
                        ))}
                    </ul>
                </details>
            )}
            {(notes?.length ?? 0) > 0 && (
                <details>
                    <summary>Notes about the run ({number(notes?.length)})</summary>
                    <ul>
                        {notes?.map((n) => (
                            <li key={n.sentence}>{n.sentence}</li>
                        ))}
                    </ul>
                </details>
            )}
        </section>
    );
}

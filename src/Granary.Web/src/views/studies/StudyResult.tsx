import { json } from '../../api/client';
import { useQuery } from '../../api/useQuery';
import { useSearch } from '../../api/useSearch';
import { Figures } from '../../components/Figures';
import { LineChart } from '../../components/LineChart';
import { PairBars } from '../../components/PairBars';
import { ShortTable } from '../../components/ShortTable';
import { Failed, Loading } from '../../components/States';
import { counted, number, percent, signedNumber, signedPercent, tone } from '../../format/numbers';
import type { Job } from '../jobs/job';
import { quantileStyle } from './quantiles';
import { sentenceOf, type StudiedFactor, type StudiedHorizon, type Study } from './study';

const correlation = (v: number | null | undefined) => signedNumber(v, 4);
const pValue = (v: number | null | undefined) => (typeof v === 'number' && v < 0.0001 ? 'below 0.0001' : number(v, 4));
const percents = (v: number) => percent(v, 1);
/** The result of a factor study, drawn from its study.json. */
export function StudyResult(props: { job: Job }) {
    const { job } = props;
    const { search, hrefOf } = useSearch();
    const has = job.files?.includes('study.json') === true;
    const loaded = useQuery(has ? `job/${job.id}/study` : null, () => json<Study>(`/jobs/${encodeURIComponent(job.id)}/files/study.json`));
    if (!has) return null;
    const study = loaded.data;
    if (study === undefined) return loaded.problem ? <Failed problem={loaded.problem} retry={loaded.reload} /> : <Loading height={600} />;
    const shown = study.factors.find((f) => f.factor === search.factor && !f.error) ?? study.factors.find((f) => !f.error);
    return (
        <section>
            <h2>Tests</h2>
            <p class="lead">{sentenceOf(study)}</p>
            <Figures
                figures={[
                    { name: 'Symbols', value: number(study.symbols), note: counted(study.dates, 'date') },
                    {
                        name: 'Tests',
                        value: number(study.tests),
                        note: `${counted(study.factors.length, 'factor')} over ${counted(study.horizons.length, 'horizon')}`,
                    },
                    { name: 'Discoveries', value: number(study.discoveries), note: `q at most ${percent(study.level, 0)}` },
                    ...(study.trials
                        ? [{ name: 'Trials on these bars', value: number(study.trials.all), note: 'all that were ever made here' }]
                        : []),
                ]}
            />
            {study.notes.length > 0 && (
                <div class="notice">
                    <ul>
                        {study.notes.map((n) => (
                            <li key={n}>{n}</li>
                        ))}
                    </ul>
                </div>
            )}
            <Tests study={study} />
            {study.factors.length > 1 && (
                <nav class="tabs" aria-label="Factors">
                    {study.factors
                        .filter((f) => !f.error)
                        .map((f) => (
                            <a key={f.factor} href={hrefOf({ factor: f.factor })} aria-current={f === shown ? 'page' : undefined}>
                                {f.factor}
                            </a>
                        ))}
                </nav>
            )}
            {shown && <Factor key={shown.factor} study={study} factor={shown} />}
        </section>
    );
}

function Tests(props: { study: Study }) {
    const rows = props.study.factors.flatMap((f) => f.horizons.map((h) => ({ factor: f.factor, ...h })));
    return (
        <>
            <p class="note">
                The mean information coefficient (IC) is Spearman’s correlation of values and later returns. Intervals have 95% and Newey
                and West’s error; q corrects p for all tests of the study, however they depend on each other (Benjamini and Yekutieli).
            </p>
            <ShortTable
                label="Factors and horizons"
                rows={rows}
                columns={[
                    { title: 'Factor', cell: (r) => r.factor, nowrap: true },
                    { title: 'Horizon, bars', figure: true, cell: (r) => number(r.horizon) },
                    {
                        title: 'Mean IC',
                        figure: true,
                        cell: (r) => correlation(r.ic.mean),
                        tone: (r) => (r.isDiscovery ? tone(r.ic.mean) : ''),
                    },
                    { title: '95% low', figure: true, cell: (r) => correlation(r.ic.low) },
                    { title: '95% high', figure: true, cell: (r) => correlation(r.ic.high) },
                    { title: 't', figure: true, cell: (r) => signedNumber(r.ic.t, 2) },
                    { title: 'p', figure: true, cell: (r) => pValue(r.ic.p) },
                    { title: 'q', figure: true, cell: (r) => pValue(r.q) },
                    { title: 'q if independent', figure: true, cell: (r) => pValue(r.qIndependent) },
                    { title: 'Spread', figure: true, cell: (r) => signedPercent(r.spread.mean, 3) },
                    { title: 'Finding', cell: (r) => (r.isDiscovery ? 'discovery' : r.q === null ? 'no test' : '') },
                ]}
            />
        </>
    );
}

function Factor(props: { study: Study; factor: StudiedFactor }) {
    const { study, factor } = props;
    const { series } = factor;
    if (series === null) return null;
    const x = series.times.map((t) => Date.parse(t) / 1000);
    const grown = (values: number[]) => values.map((v) => v - 1);
    return (
        <>
            <h3>Information coefficient</h3>
            {factor.horizons.map((h, i) => (
                <LineChart
                    key={h.horizon}
                    title={`IC over ${counted(h.horizon, 'bar')}`}
                    unit={series.datesPerPoint > 1 ? `correlation, means of ${series.datesPerPoint} dates` : 'correlation'}
                    summary={`The information coefficient of ${factor.factor} over ${h.horizon} bars by date, and its rolling mean`}
                    x={x}
                    height={180}
                    lines={[
                        { name: 'IC', values: series.ic[i] ?? [], colour: 'strong', dots: true },
                        { name: `Mean of ${series.window}`, values: series.rollingIc[i] ?? [], colour: 's1' },
                    ]}
                />
            ))}
            <Distribution factor={factor} />
            <Decay factor={factor} />
            <h3>Quantiles</h3>
            {factor.horizons.map((h) => (
                <Quantiles key={h.horizon} horizon={h} />
            ))}
            <LineChart
                title="Quantiles, compounded"
                unit="percent, one-bar returns less the mean, chosen again at each bar, without costs"
                summary={`Growth of each quantile of ${factor.factor}`}
                x={x}
                format={percents}
                lines={series.quantiles.map((values, q) => ({
                    name: `Quantile ${q + 1}`,
                    values: grown(values),
                    ...quantileStyle(q, series.quantiles.length),
                }))}
            />
            <LineChart
                title="Long and short, compounded"
                unit="percent, without costs"
                summary={`Growth of the highest less the lowest quantile of ${factor.factor}, and of weights by its value`}
                x={x}
                height={180}
                format={percents}
                lines={[
                    { name: 'Highest less lowest', values: grown(series.longShort), colour: 's1' },
                    { name: 'Weighted by value', values: grown(series.weighted), colour: 's3', dashed: true },
                ]}
            />
            <h3>Turnover</h3>
            <Turnover study={study} factor={factor} />
            {study.groups.length > 0 && <Groups factor={factor} />}
        </>
    );
}

function Distribution(props: { factor: StudiedFactor }) {
    const { histogram, horizons } = props.factor;
    if (histogram.length < 2) return null;
    return (
        <LineChart
            title={`IC over ${counted(horizons[0]?.horizon ?? 1, 'bar')} by size`}
            unit="dates"
            summary="How often the information coefficient had each size"
            x={histogram.map((b) => (b.from + b.to) / 2)}
            plain={(v) => number(v, 2)}
            format={(v) => number(v)}
            height={160}
            lines={[{ name: 'Dates', values: histogram.map((b) => b.count), colour: 's1', bars: true }]}
        />
    );
}

function Decay(props: { factor: StudiedFactor }) {
    const { decay } = props.factor;
    if (decay.length < 2) return null;
    return (
        <LineChart
            title="Mean IC by horizon"
            unit="with its 95% interval, by bars after the value"
            summary="The mean information coefficient over horizons from one bar to the longest"
            x={decay.map((d) => d.horizon)}
            plain={(v) => number(v)}
            format={(v) => number(v, 3)}
            height={180}
            bands={[{ high: 2, low: 1, colour: 's1', strength: 14 }]}
            lines={[
                { name: 'Mean IC', values: decay.map((d) => d.ic), colour: 's1' },
                { name: '95% low', values: decay.map((d) => d.low), colour: 's1', edge: true },
                { name: '95% high', values: decay.map((d) => d.high), colour: 's1', edge: true },
            ]}
        />
    );
}

function Quantiles(props: { horizon: StudiedHorizon }) {
    const { horizon, quantiles, spread } = props.horizon;
    return (
        <>
            <PairBars
                title={`Mean return over ${counted(horizon, 'bar')}`}
                series={['less the mean', 'return']}
                rows={quantiles.map((q) => ({ name: `Quantile ${q.quantile}`, values: [q.demeaned ?? 0, q.return ?? 0] }))}
                format={(v) => signedPercent(v, 3)}
            />
            <p class="note">
                Spread {signedPercent(spread.mean, 3)}, 95% from {signedPercent(spread.low, 3)} to {signedPercent(spread.high, 3)}.
            </p>
        </>
    );
}

function Turnover(props: { study: Study; factor: StudiedFactor }) {
    const { study, factor } = props;
    return (
        <ShortTable
            label="Turnover"
            rows={factor.horizons}
            columns={[
                { title: 'Horizon, bars', figure: true, cell: (h) => number(h.horizon) },
                ...Array.from({ length: study.quantiles }, (_, q) => ({
                    title: `New in quantile ${q + 1}`,
                    figure: true,
                    cell: (h: StudiedHorizon) => percent(h.quantiles[q]?.turnover, 1),
                })),
                { title: 'Rank autocorrelation', figure: true, cell: (h) => correlation(h.rankAutocorrelation) },
            ]}
        />
    );
}

function Groups(props: { factor: StudiedFactor }) {
    const rows = props.factor.horizons.flatMap((h) => h.groups.map((g) => ({ horizon: h.horizon, ...g })));
    return (
        <>
            <h3>Groups</h3>
            <p class="note">The intervals are not corrected for the number of groups.</p>
            <ShortTable
                label="Groups"
                rows={rows}
                columns={[
                    { title: 'Group', cell: (g) => g.group },
                    { title: 'Horizon, bars', figure: true, cell: (g) => number(g.horizon) },
                    { title: 'Mean IC', figure: true, cell: (g) => correlation(g.ic.mean) },
                    { title: '95% low', figure: true, cell: (g) => correlation(g.ic.low) },
                    { title: '95% high', figure: true, cell: (g) => correlation(g.ic.high) },
                    { title: 'Dates', figure: true, cell: (g) => number(g.ic.dates) },
                    { title: 'Lowest quantile', figure: true, cell: (g) => signedPercent(g.quantiles[0], 3) },
                    { title: 'Highest quantile', figure: true, cell: (g) => signedPercent(g.quantiles.at(-1), 3) },
                ]}
            />
        </>
    );
}

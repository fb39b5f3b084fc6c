import { api, take, type Schemas } from '../../api/client';
import { useRange, within } from '../../api/range';
import { useQuery } from '../../api/useQuery';
import { RangeBar } from '../../components/RangeBar';
import { BoxPlot } from '../../components/BoxPlot';
import { HeatTable } from '../../components/HeatTable';
import { LineChart, type Line } from '../../components/LineChart';
import { Empty, Loaded } from '../../components/States';
import { ShortTable } from '../../components/ShortTable';
import { StrategyName } from '../../components/StrategyName';
import { number, percent, signedMoney, signedNumber, signedPercent, tone } from '../../format/numbers';
import { AllocationsSection } from './Allocations';
import { UniverseSection } from './Universe';
import { runPath, strategyPath, type RunDetails } from './run';

type Analysis = Schemas['RunAnalysis'];

/** The figures of a run's report; undefined if the batch does not write the report. */
export function useAnalysis(run: RunDetails) {
    return useQuery(run.files.includes('analysis.json') ? `run/${run.id}/analysis` : null, () =>
        take(api.GET('/api/v1/runs/{id}/analysis', { params: { path: { id: run.id } } })),
    );
}

/** The benchmark at other times: its last value until then. */
export function benchmarkAt(benchmark: { times: readonly string[]; values: readonly number[] }, x: readonly number[]): (number | null)[] {
    const times = benchmark.times.map((t) => Date.parse(t) / 1000);
    let next = 0;
    return x.map((second) => {
        while (next < times.length && (times[next] ?? 0) <= second) next++;
        return next === 0 ? null : (benchmark.values[next - 1] ?? null);
    });
}

/** The returns of a run: over time, by size, by trade, and their correlation. */
export function AnalysisTab(props: { run: RunDetails }) {
    const { run } = props;
    const analysis = useAnalysis(run);
    const nothing = (
        <Empty title="This run has no analysis">
            <p>It needs "report" among the outputs of its batch, and trades.</p>
        </Empty>
    );
    const sections = (
        <>
            {run.universe && <UniverseSection of={run.universe} />}
            {run.allocations && <AllocationsSection of={run.allocations} />}
        </>
    );
    const hasSections = run.universe !== undefined || run.allocations !== undefined;
    if (!run.files.includes('analysis.json')) return hasSections ? sections : nothing;
    return (
        <Loaded query={analysis} height={900}>
            {({ rolling, returns, trades, correlation }) => (
                <>
                    <RangeBar what="Rolling figures" />
                    {!rolling && !returns && !trades && !correlation && !hasSections && nothing}
                    {rolling && <Rolling of={rolling} />}
                    {returns && <Returns of={returns} />}
                    {trades && <Trades run={run} of={trades} />}
                    {correlation && <Correlation run={run} of={correlation} />}
                    {sections}
                </>
            )}
        </Loaded>
    );
}

function Rolling(props: { of: NonNullable<Analysis['rolling']> }) {
    const { window, period, times, ...values } = props.of;
    const { range, choose } = useRange();
    const x = times.map((t) => Date.parse(t) / 1000);
    const span = `over ${window} ${period}s`;
    return (
        <section>
            <h2>Rolling figures</h2>
            <p class="lead">
                Of the portfolio; each point is of the {window} {period}s until then.
            </p>
            {[
                { name: 'Return', values: values.return, unit: 'percent', colour: 's2', format: (v: number) => percent(v, 1) },
                { name: 'Sharpe ratio', values: values.sharpe, unit: 'annualised', colour: 's1', format: (v: number) => number(v, 2) },
                { name: 'Sortino ratio', values: values.sortino, unit: 'annualised', colour: 's4', format: (v: number) => number(v, 2) },
                {
                    name: 'Volatility',
                    values: values.volatility,
                    unit: 'percent a year',
                    colour: 's3',
                    format: (v: number) => percent(v, 1),
                },
                ...(values.beta
                    ? [{ name: 'Beta', values: values.beta, unit: 'to the benchmark', colour: 's1', format: (v: number) => number(v, 2) }]
                    : []),
            ].map((l) => (
                <LineChart
                    key={l.name}
                    title={`${l.name} ${span}`}
                    unit={l.unit}
                    summary={`${l.name} of the portfolio ${span}`}
                    x={within(range, x, x).x}
                    format={l.format}
                    height={150}
                    onZoom={choose}
                    lines={[{ ...l, values: within(range, x, l.values).values }]}
                />
            ))}
        </section>
    );
}

function Returns(props: { of: NonNullable<Analysis['returns']> }) {
    const { period, inMarket, rows, spans } = props.of;
    return (
        <section>
            <h2>Distribution of returns</h2>
            <p class="lead">From here on of the whole run, also where a range is chosen.</p>
            <Histogram title={`Returns per ${period} in the market`} unit={`${period}s`} bins={inMarket} />
            <ShortTable
                label={`Returns per ${period}`}
                rows={rows}
                columns={[
                    { title: 'Of', cell: (r) => (r.inMarket ? 'In the market' : `All ${period}s`) },
                    { title: 'Number', figure: true, cell: (r) => number(r.count) },
                    { title: 'Gains', figure: true, cell: (r) => percent(r.gains, 1) },
                    { title: 'Losses', figure: true, cell: (r) => percent(r.losses, 1) },
                    { title: 'VaR 95%', figure: true, cell: (r) => percent(r.var95) },
                    { title: 'CVaR 95%', figure: true, cell: (r) => percent(r.cvar95) },
                    { title: 'Worst', figure: true, cell: (r) => signedPercent(r.worst), tone: (r) => tone(r.worst) },
                    { title: 'Median', figure: true, cell: (r) => signedPercent(r.median), tone: (r) => tone(r.median) },
                    { title: 'Best', figure: true, cell: (r) => signedPercent(r.best), tone: (r) => tone(r.best) },
                ]}
            />
            {spans.length > 1 && <Spans of={spans} />}
        </section>
    );
}

/** The returns of longer and longer spans, each as a box from the lower to the upper quartile, within a line from the worst to the best. */
function Spans(props: { of: readonly Schemas['SpanReturns'][] }) {
    const low = Math.min(0, ...props.of.map((s) => s.worst));
    const high = Math.max(0, ...props.of.map((s) => s.best));
    return (
        <>
            <h3>Returns of longer spans</h3>
            <ShortTable
                label="Returns of longer spans"
                class="spans"
                rows={props.of}
                columns={[
                    { title: 'Of', cell: (s) => `${s.span.charAt(0).toUpperCase()}${s.span.slice(1)}s` },
                    { title: 'Number', figure: true, cell: (s) => number(s.count) },
                    { title: 'Gains', figure: true, cell: (s) => percent(s.gains, 1) },
                    { title: 'Mean', figure: true, cell: (s) => signedPercent(s.mean), tone: (s) => tone(s.mean) },
                    { title: 'Worst', figure: true, cell: (s) => signedPercent(s.worst), tone: (s) => tone(s.worst) },
                    {
                        title: 'Lower quartile',
                        figure: true,
                        cell: (s) => signedPercent(s.lowerQuartile),
                        tone: (s) => tone(s.lowerQuartile),
                    },
                    { title: 'Median', figure: true, cell: (s) => signedPercent(s.median), tone: (s) => tone(s.median) },
                    {
                        title: 'Upper quartile',
                        figure: true,
                        cell: (s) => signedPercent(s.upperQuartile),
                        tone: (s) => tone(s.upperQuartile),
                    },
                    { title: 'Best', figure: true, cell: (s) => signedPercent(s.best), tone: (s) => tone(s.best) },
                    { title: 'Worst to best', cell: (s) => <BoxPlot of={s} low={low} high={high} /> },
                ]}
            />
        </>
    );
}

const excursions = [
    { key: 'adverse', title: 'Against the trade (MAE)' },
    { key: 'favourable', title: 'In the trade’s favour (MFE)' },
] as const;

const properties: Record<string, string> = { side: 'Side', exitReason: 'Exit by', symbol: 'Symbol', class: 'Strategy' };

/** Closed trades by side, exit, symbol and class; most lead to the list of these trades. */
function TradeGroups(props: { run: RunDetails; list: string; of: readonly Schemas['TradeGroupRow'][] }) {
    return (
        <>
            <h3>Trades by what they have in common</h3>
            <ShortTable
                label="Trades by what they have in common"
                rows={props.of}
                columns={[
                    {
                        title: 'Trades with',
                        cell: (g) => (
                            <>
                                {properties[g.by] ?? g.by}:{' '}
                                {g.by === 'class' ? (
                                    g.value
                                ) : (
                                    <a href={`${runPath(props.run.id)}?${props.list}trades-${g.by}=${encodeURIComponent(g.value)}#trades`}>
                                        {g.value}
                                    </a>
                                )}
                            </>
                        ),
                    },
                    { title: 'Trades', figure: true, cell: (g) => number(g.trades) },
                    { title: 'Won', figure: true, cell: (g) => percent(g.winRate, 1) },
                    { title: 'Profit factor', figure: true, cell: (g) => number(g.profitFactor, 2) },
                    { title: 'Mean return', figure: true, cell: (g) => signedPercent(g.averageReturn), tone: (g) => tone(g.averageReturn) },
                    { title: 'Bars', figure: true, cell: (g) => number(g.averageBars, 1) },
                    { title: 'Net profit', figure: true, cell: (g) => signedMoney(g.netProfit), tone: (g) => tone(g.netProfit) },
                ]}
            />
        </>
    );
}

function Trades(props: { run: RunDetails; of: NonNullable<Analysis['trades']> }) {
    const { ofPortfolio, trades, returns, points, rows, edgeRatio, groups } = props.of;
    const cloud = (of: (typeof points)[number], won: boolean) => (of.return > 0 === won ? of.return : null);
    return (
        <section>
            <h2>Trades</h2>
            <p class="lead">
                {ofPortfolio ? 'Closed trades of the portfolio' : 'Closed trades of the strategies, each in its own account'}; returns are
                net, on the notional at entry.
                {points.length < trades && ` ${number(points.length)} of ${number(trades)} are drawn, evenly chosen.`}
            </p>
            <Histogram title="Returns of trades" unit="trades" bins={returns} />
            <div class="pair">
                {excursions.map(({ key, title }) => {
                    const sorted = [...points].sort((a, b) => a[key] - b[key]);
                    return (
                        <LineChart
                            key={key}
                            title={title}
                            unit="across; upwards the return of the trade"
                            summary={`Largest excursion ${title.toLowerCase()} of each trade, and its return`}
                            x={sorted.map((p) => p[key])}
                            plain={(v) => percent(v, 1)}
                            format={(v) => percent(v, 1)}
                            lines={[
                                { name: 'Wins', values: sorted.map((p) => cloud(p, true)), colour: 'gain', dots: true },
                                { name: 'Losses', values: sorted.map((p) => cloud(p, false)), colour: 'loss', dots: true },
                            ]}
                        />
                    );
                })}
            </div>
            <ShortTable
                label="Mean excursions"
                rows={rows}
                columns={[
                    { title: 'Mean excursion of', cell: (r) => (r.of === 'all' ? 'all trades' : r.of) },
                    { title: 'Adverse (MAE)', figure: true, cell: (r) => percent(r.adverse) },
                    { title: 'Favourable (MFE)', figure: true, cell: (r) => percent(r.favourable) },
                ]}
            />
            <p class="note">Edge ratio {number(edgeRatio, 2)}: mean favourable over mean adverse excursion; 1 is what chance gives.</p>
            <TradeGroups run={props.run} list={ofPortfolio ? '' : 'tab=trades&'} of={groups} />
        </section>
    );
}

function Histogram(props: { title: string; unit: string; bins: Schemas['ValueBins'] }) {
    const { edges, counts } = props.bins;
    const line: Line = { name: props.unit, values: counts, colour: 'gain', bars: true };
    return (
        <LineChart
            title={props.title}
            unit={props.unit}
            summary={`${props.title}: how many fell into each range`}
            x={counts.map((_, i) => ((edges[i] ?? 0) + (edges[i + 1] ?? 0)) / 2)}
            plain={(v) => percent(v, 2)}
            format={(v) => number(v)}
            height={200}
            lines={[line]}
        />
    );
}

function Correlation(props: { run: RunDetails; of: NonNullable<Analysis['correlation']> }) {
    const { period, mean, strategies, values } = props.of;
    return (
        <section>
            <h2>Correlation of strategies</h2>
            <p class="lead">
                Mean of the pairs {signedNumber(mean, 2)}: returns of the strategies' own accounts over {period}; the strategies that moved
                the most money.
            </p>
            <HeatTable
                label="Correlation of strategies"
                corner="Strategy"
                largest={1}
                columns={strategies.map((id, i) => ({ name: `${i + 1}`, title: id }))}
                rows={strategies.map((id, i) => ({
                    name: (
                        <>
                            {i + 1}{' '}
                            <a href={strategyPath(props.run.id, id)}>
                                <StrategyName id={id} />
                            </a>
                        </>
                    ),
                    cells: (values[i] ?? []).map((v, j) => (i === j ? { text: '1' } : { text: signedNumber(v, 2), value: v })),
                }))}
            />
        </section>
    );
}

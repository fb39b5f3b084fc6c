import { LineChart } from '../../components/LineChart';
import { ShortTable } from '../../components/ShortTable';
import { counted, number, percent } from '../../format/numbers';
import { eventName, eventsOf, figureName, figureText, listedRisks, mostSize, probabilityOf, quantileName, sizeText } from './pathText';
import type { ResampledMethod, Resampling } from './run';

/** What could have happened to the portfolio of a run. */
export function Paths(props: { of: Resampling; currency: string }) {
    const { of } = props;
    const drawn = of.methods.filter((m) => m.fan);
    return (
        <section>
            <h2>What could have happened</h2>
            <p class="lead">
                Other paths of this account, drawn from its record with seed {number(of.seed)}. Half of the paths are in the inner range of
                a chart, nine of ten in the outer one. The paths know only what the record has: no other market, no change of what made the
                profit. If the strategies were chosen on this record, the luck of the choice is in each path.
            </p>
            <div class="pair">
                {drawn.map((m) => (
                    <Fan key={m.method} of={of} method={m} currency={props.currency} />
                ))}
            </div>
            <h3>Methods</h3>
            <ShortTable
                label="Methods"
                rows={of.methods}
                columns={[
                    { title: 'Method', cell: (m) => m.title },
                    { title: 'Answers', prose: true, cell: (m) => m.absence ?? [m.meaning, ...m.cautions].join(' ') },
                    { title: 'Returns', figure: true, cell: (m) => counted(m.returns, m.unit) },
                    { title: 'Paths', figure: true, cell: (m) => number(m.paths) },
                    { title: 'Mean block', figure: true, cell: (m) => number(m.meanBlock, 1) },
                ]}
            />
            {drawn.length > 0 && <Tables of={of} drawn={drawn} />}
        </section>
    );
}

function Fan(props: { of: Resampling; method: ResampledMethod; currency: string }) {
    const { of, method, currency } = props;
    if (!method.fan) return null;
    const { times, equity, quantiles } = method.fan;
    const final = method.figures.find((f) => f.figure === 'finalEquity');
    const edge = (k: number) => ({ name: quantileName(of.quantiles[k] ?? NaN), values: quantiles[k] ?? [], colour: 's1', edge: true });
    return (
        <LineChart
            title={method.title}
            unit={currency}
            summary={`Equity of the record, and of ${counted(method.paths, 'path')}: nine of ten end between ${number(final?.quantiles[0])} and ${number(final?.quantiles.at(-1))}`}
            x={times.map((t) => Date.parse(t) / 1000)}
            format={(v) => number(v)}
            height={220}
            lines={[
                edge(4),
                edge(3),
                { name: quantileName(of.quantiles[2] ?? NaN), values: quantiles[2] ?? [], colour: 's1' },
                edge(1),
                edge(0),
                { name: 'Record', values: equity, colour: 's2', dashed: true },
            ]}
            bands={[
                { high: 0, low: 4, colour: 's1', strength: 13 },
                { high: 1, low: 3, colour: 's1', strength: 20 },
            ]}
        />
    );
}

// Sizes at larger risks are many times as large and would flatten the rest.
const charted = (m: ResampledMethod) => m.sizes.filter((s) => s.risk <= 0.5);

function Tables(props: { of: Resampling; drawn: ResampledMethod[] }) {
    const { of, drawn } = props;
    // The others are many times as large.
    const blocks = drawn.filter((m) => m.meanBlock !== undefined);
    const figures = (drawn[0]?.figures ?? []).flatMap((f) =>
        drawn.map((m) => ({ m, figure: m.figures.find((o) => o.figure === f.figure) ?? f })),
    );
    return (
        <>
            <h3>Quantiles over the paths</h3>
            <ShortTable
                label="Quantiles over the paths"
                rows={figures}
                columns={[
                    { title: 'Figure', cell: (r) => figureName(r.figure.figure) },
                    { title: 'Method', cell: (r) => r.m.title },
                    { title: 'Record', figure: true, cell: (r) => figureText(r.figure.figure, r.figure.own) },
                    ...of.quantiles.map((q, i) => ({
                        title: quantileName(q),
                        figure: true,
                        cell: (r: (typeof figures)[number]) => figureText(r.figure.figure, r.figure.quantiles[i] ?? NaN),
                    })),
                ]}
            />
            <p class="note">
                The record’s own figures are at the ends of the same returns, so that a drawdown within a day or a trade is not in them.
            </p>
            <h3>Probabilities</h3>
            <ShortTable
                label="Probabilities"
                rows={eventsOf(drawn)}
                columns={[
                    { title: 'Event', cell: (e) => eventName(e, of) },
                    ...drawn.map((m) => ({
                        title: m.title,
                        figure: true,
                        cell: (e: { event: string; months?: number }) => percent(probabilityOf(m, e), 1),
                    })),
                ]}
            />
            {blocks.length > 0 && (
                <LineChart
                    title="Position size by its risk of ruin"
                    unit="times the actual size; across the risk"
                    summary="The position size at which a share of the paths is ruined"
                    x={(blocks[0] ? charted(blocks[0]) : []).map((s) => s.risk)}
                    plain={(v) => percent(v, 0)}
                    format={(v) => number(v, 2)}
                    height={220}
                    lines={blocks.map((m, i) => ({
                        name: m.title,
                        values: charted(m).map((s) => (s.size !== null && s.size <= mostSize ? s.size : null)),
                        colour: i === 0 ? 's1' : 's2',
                        dashed: i > 0,
                    }))}
                />
            )}
            <ShortTable
                label="Position size at a risk of ruin"
                rows={listedRisks}
                columns={[
                    { title: 'Risk', cell: (risk) => percent(risk, 0) },
                    ...drawn.map((m) => ({
                        title: m.title,
                        figure: true,
                        cell: (risk: number) => sizeText(m, m.sizes.find((s) => s.risk === risk)?.size),
                    })),
                ]}
            />
            <p class="note">
                Ruin is here a loss of {percent(of.ruin, 1)} of the start. All returns of a path are multiplied by the size; margin,
                interest and the size of orders are not considered, so sizes end at 10 times. A method that only shuffles or leaves out
                trades says nothing of other sizes.
            </p>
        </>
    );
}

import { useMemo } from 'preact/hooks';
import { useSearch } from '../../api/useSearch';
import { DotChart, type Dot } from '../../components/DotChart';
import { SelectField } from '../../components/Field';
import { counted, number, percent } from '../../format/numbers';
import { contourOf, objectiveOf, objectiveScale, scaleOf, scoreOf, spread, valueOf, type Searched } from './search';
import { key, shade, type Charted, type Pointing } from './SearchLegend';

/** How much of the objective each parameter explains. */
export function Importance(props: Charted) {
    const { search, objectives } = props;
    if (search.importance.length === 0) return <p class="note">Too few trials finished to tell which parameters matter.</p>;
    return (
        <div class="pair importance">
            {search.objectives.map((o) => (
                <figure class="chart" key={o}>
                    <figcaption>
                        <span class="name">Importance for {objectiveOf(o, objectives).name}</span>
                        <span class="soft">share of the variance that the parameter alone explains, ± its deviation</span>
                    </figcaption>
                    <dl class="shares">
                        {search.importance
                            .filter((i) => i.objective === o)
                            .sort((a, b) => b.share - a.share)
                            .map((i) => (
                                <div key={i.parameter}>
                                    <dt title={i.parameter}>{i.parameter}</dt>
                                    <dd>
                                        <i class="gain" style={{ width: `${100 * Math.max(i.share, 0.002)}%` }} />
                                        <span>
                                            {percent(i.share, 1)} ± {number(i.deviation * 100, 1)}
                                        </span>
                                    </dd>
                                </div>
                            ))}
                    </dl>
                </figure>
            ))}
        </div>
    );
}

/** The objective against each parameter. */
export function Slices(props: Charted & { point: Pointing; parameters: Searched[] }) {
    const { search, objectives, point, parameters } = props;
    const { scale, shown, name } = useMemo(() => objectiveScale(search, 0, objectives), [search, objectives]);
    const slices = useMemo(() => {
        const best = new Set(search.best);
        return parameters.map((p) => ({
            p,
            across: scaleOf(p),
            dots: search.trials
                .filter((t) => Number.isFinite(scoreOf(t)) && Number.isFinite(valueOf(t, p)))
                .map((t): Dot => ({
                    id: t.number,
                    x: spread(t, p),
                    y: shown(scoreOf(t)),
                    colour: best.has(t.number) ? 'ink' : 's1',
                    opacity: best.has(t.number) ? 1 : shade(search, t),
                    size: best.has(t.number) ? 5 : 2.4,
                }))
                .sort((a, b) => (a.size ?? 0) - (b.size ?? 0)),
        }));
    }, [search, parameters, shown]);
    if (slices.length === 0) return null;
    return (
        <section>
            <h2>{name} against each parameter</h2>
            <p class="lead">The most important first. Late trials are darker; the large dot is the best.</p>
            <div class="slices">
                {slices.map(({ p, across, dots }) => (
                    <DotChart
                        key={p.name}
                        title={p.name}
                        summary={`${name} of each trial against ${p.name}`}
                        across={across}
                        up={scale}
                        dots={dots}
                        height={190}
                        {...point}
                    />
                ))}
            </div>
        </section>
    );
}

/** The objective over two parameters, which the reader chooses. */
export function Contour(props: Charted & { point: Pointing; parameters: Searched[] }) {
    const { search, objectives, point, parameters } = props;
    const { search: query, set } = useSearch();
    const x = parameters.find((p) => p.name === query.x) ?? (parameters[0] as Searched);
    const y = parameters.find((p) => p.name === query.y && p !== x) ?? (parameters.find((p) => p !== x) as Searched);
    const { name } = objectiveOf(search.objectives[0] ?? '', objectives);
    const drawn = useMemo(() => {
        const best = new Set(search.best);
        return {
            across: scaleOf(x),
            up: scaleOf(y),
            cells: contourOf(search, x, y),
            dots: search.trials
                .filter((t) => Number.isFinite(scoreOf(t)) && Number.isFinite(valueOf(t, x)) && Number.isFinite(valueOf(t, y)))
                .map((t): Dot => ({
                    id: t.number,
                    x: spread(t, x),
                    y: spread(t, y),
                    colour: 'ink',
                    opacity: best.has(t.number) ? 1 : 0.45,
                    size: best.has(t.number) ? 5.5 : 1.7,
                })),
        };
    }, [search, x, y]);
    const options = parameters.map((p) => ({ value: p.name, label: p.name }));
    return (
        <section>
            <h2>Two parameters together</h2>
            <p class="lead">
                The mean {name} of the trials in each cell: blue where it is better than the median of all trials, orange where it is worse.
                A plateau is worth more than a lone peak.
            </p>
            <div class="row fields">
                <SelectField
                    label="Across"
                    value={x.name}
                    options={options}
                    onValue={(v) => set({ x: v, ...(v === y.name ? { y: x.name } : {}) })}
                />
                <SelectField label="Up" value={y.name} options={options.filter((o) => o.value !== x.name)} onValue={(v) => set({ y: v })} />
            </div>
            <DotChart
                title={`${name} over ${x.name} and ${y.name}`}
                summary={`Mean ${name} in ${counted(drawn.cells.length, 'cell')} of ${x.name} and ${y.name}, with the trials`}
                legend={
                    <>
                        {key('gain', 'better', 'dot')}
                        {key('loss', 'worse', 'dot')}
                    </>
                }
                across={drawn.across}
                up={drawn.up}
                titled
                cells={drawn.cells}
                dots={drawn.dots}
                height={340}
                {...point}
            />
        </section>
    );
}

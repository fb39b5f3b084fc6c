import { useMemo } from 'preact/hooks';
import { useSearch } from '../../api/useSearch';
import { DotChart, type Dot } from '../../components/DotChart';
import { SelectField } from '../../components/Field';
import { ParallelChart } from '../../components/ParallelChart';
import type { Scale } from '../../components/scale';
import { counted, number, percent } from '../../format/numbers';
import {
    bestSoFar,
    byImportance,
    isMinimised,
    objectiveOf,
    objectiveScale,
    ranked,
    scaleOf,
    scoreOf,
    shownValue,
    spread,
    type Objective,
    type ParameterSearch,
    type Searched,
    type Trial,
} from './search';
import { dilution, key, shade, type Charted, type Pointing } from './SearchLegend';
import { Contour, Importance, Slices } from './SearchSpace';

const mostLines = 800;

/** Charts of a search. All of them mark the trial that the pointer is at. */
export function SearchCharts(props: Charted & Omit<Pointing, 'tip'>) {
    const { search, objectives, pointed, onPoint, onOpen } = props;
    const tip = (n: number) => <Tip search={search} objectives={objectives} trial={search.trials[n - 1]} />;
    const point = { pointed, onPoint, onOpen, tip };
    const order = useMemo(() => ranked(search), [search]);
    const parameters = useMemo(() => byImportance(search), [search]);
    if (order.length === 0) return <p class="notice">No trial has a defined objective.</p>;
    return (
        <>
            <History {...props} point={point} />
            {search.objectives.length > 1 && <Front {...props} point={point} />}
            <Importance search={search} objectives={objectives} />
            <Slices {...props} point={point} parameters={parameters} />
            {parameters.length > 1 && <Contour {...props} point={point} parameters={parameters} />}
            {parameters.length > 0 && <Parallel {...props} point={point} parameters={parameters} order={order} />}
        </>
    );
}

function Tip(props: { search: ParameterSearch; objectives: Objective[]; trial: Trial | undefined }) {
    const { search, objectives, trial } = props;
    if (!trial) return null;
    return (
        <>
            <b>Trial {number(trial.number)}</b>
            {trial.state !== 'finished' && ` ${trial.state}${trial.share < 1 ? ` at ${percent(trial.share, 0)} of the bars` : ''}`}
            {search.objectives.map((o, i) => {
                const { name, text } = objectiveOf(o, objectives);
                return (
                    <div key={o}>
                        {name} {text(trial.objectives[i])}
                    </div>
                );
            })}
            <div class="soft">{search.space.map((p) => `${p.name} ${shownValue(trial.values[p.name])}`).join(', ')}</div>
        </>
    );
}

function History(props: Charted & { point: Pointing }) {
    const { search, objectives, point } = props;
    const drawn = useMemo(() => {
        const luck = search.objectives[0] === 'sharpe' && search.luckBar !== null ? search.luckBar : null;
        const { scale, shown, name } = objectiveScale(search, 0, objectives, luck === null ? [] : [luck]);
        const last = search.trials.length;
        const floor = isMinimised(search.objectives[0] ?? '') ? scale.high : scale.low;
        const clip = (v: number) => Math.min(Math.max(v, scale.low), scale.high);
        const best = new Set(
            search.objectives.length > 1
                ? ranked(search)
                      .slice(0, 1)
                      .map((t) => t.number)
                : search.best.slice(0, 1),
        );
        const dots = search.trials.map((t): Dot => {
            const y = t.objectives[0];
            const has = typeof y === 'number' && t.state !== 'failed';
            return {
                id: t.number,
                x: t.number,
                y: has ? clip(shown(y)) : floor,
                colour: best.has(t.number) ? 'ink' : !has ? 'loss' : t.state === 'stopped' ? 'edge' : 's1',
                opacity: best.has(t.number) ? 1 : 0.55 * dilution(last, 1500),
                size: best.has(t.number) ? 5.5 : 2.7,
            };
        });
        const across: Scale = {
            title: 'trial',
            low: 0.5 - last * 0.01,
            high: last + 0.5 + last * 0.01,
            format: (v) => (v >= 1 && Number.isInteger(v) ? number(v) : ''),
        };
        const lines = [
            { colour: 's1', points: bestSoFar(search).map((p) => ({ x: p.x, y: clip(p.y) })) },
            ...(luck === null
                ? []
                : [
                      {
                          colour: 'loss',
                          dashed: true,
                          points: [
                              { x: 1, y: clip(luck) },
                              { x: last, y: clip(luck) },
                          ],
                      },
                  ]),
        ];
        return { up: scale, across, dots: dots.sort((a, b) => (a.size ?? 0) - (b.size ?? 0)), lines, name, luck };
    }, [search, objectives]);
    return (
        <DotChart
            title={`${drawn.name} of each trial`}
            summary={`${drawn.name} of ${counted(search.trials.length, 'trial')}, with the best so far${drawn.luck === null ? '' : ' and the luck bar'}`}
            legend={
                <>
                    {key('s1', 'finished')}
                    {search.stopped > 0 && key('edge', 'stopped early')}
                    {search.failed > 0 && key('loss', 'no result')}
                    {key('ink', 'best')}
                    {key('s1', 'best so far', 'line')}
                    {drawn.luck !== null && key('loss', 'luck bar', 'dashed')}
                </>
            }
            across={drawn.across}
            up={drawn.up}
            dots={drawn.dots}
            lines={drawn.lines}
            height={300}
            {...point}
        />
    );
}

function Front(props: Charted & { point: Pointing }) {
    const { search, objectives, point } = props;
    const { search: query, set } = useSearch();
    const index = (name: string | undefined, other: number) => {
        const at = search.objectives.indexOf(name ?? '');
        return at < 0 ? other : at;
    };
    const [up, across] = [index(query.up, 0), index(query.across, 1)];
    const drawn = useMemo(() => {
        const [y, x] = [objectiveScale(search, up, objectives), objectiveScale(search, across, objectives)];
        const front = new Set(search.best);
        const dots = search.trials
            .filter((t) => Number.isFinite(scoreOf(t, up)) && Number.isFinite(scoreOf(t, across)))
            .map((t): Dot => ({
                id: t.number,
                x: x.shown(scoreOf(t, across)),
                y: y.shown(scoreOf(t, up)),
                colour: front.has(t.number) ? 'ink' : 's1',
                opacity: front.has(t.number) ? 1 : shade(search, t),
                size: front.has(t.number) ? 4.5 : 2.7,
            }))
            .sort((a, b) => (a.size ?? 0) - (b.size ?? 0));
        const points = dots.filter((d) => front.has(d.id)).sort((a, b) => a.x - b.x || a.y - b.y);
        return { y, x, dots, lines: [{ colour: 'ink', points }] };
    }, [search, objectives, up, across]);
    const choices = search.objectives.map((o) => ({ value: o, label: objectiveOf(o, objectives).name }));
    return (
        <>
            {search.objectives.length > 2 && (
                <div class="row fields">
                    <SelectField label="Up" value={search.objectives[up] ?? ''} options={choices} onValue={(v) => set({ up: v })} />
                    <SelectField
                        label="Across"
                        value={search.objectives[across] ?? ''}
                        options={choices}
                        onValue={(v) => set({ across: v })}
                    />
                </div>
            )}
            <DotChart
                title={`Pareto front: ${drawn.y.name} against ${drawn.x.name}`}
                summary={`${counted(search.best.length, 'trial')} of the front: no other trial is better in every objective`}
                legend={
                    <>
                        {key('s1', 'trials, late ones darker')}
                        {key('ink', 'front')}
                    </>
                }
                across={drawn.x.scale}
                up={drawn.y.scale}
                dots={drawn.dots}
                lines={drawn.lines}
                height={320}
                {...point}
            />
        </>
    );
}

function Parallel(props: Charted & { point: Pointing; parameters: Searched[]; order: Trial[] }) {
    const { search, objectives, point, parameters, order } = props;
    const drawn = useMemo(() => {
        const own = parameters.slice(0, 8);
        const scales = search.objectives.map((o, i) => {
            const of = objectiveScale(search, i, objectives);
            return { ...of, scale: { ...of.scale, reversed: isMinimised(o) } };
        });
        const best = new Set(search.objectives.length > 1 ? search.best : order.slice(0, 1).map((t) => t.number));
        // Of very many lines those drawn are chosen evenly by rank; the best stay.
        const every = Math.ceil(order.length / mostLines);
        const thin = dilution(Math.min(order.length, mostLines), 200);
        const items = order
            .map((t, i) => {
                const rank = i / order.length;
                const look = best.has(t.number)
                    ? { colour: 'ink', opacity: 1, width: 2.6 }
                    : rank < 0.05
                      ? { colour: 's3', opacity: 0.9 * Math.sqrt(thin), width: 1.6 }
                      : rank < 0.25
                        ? { colour: 's1', opacity: 0.5 * thin }
                        : rank < 0.5
                          ? { colour: 's1', opacity: 0.25 * thin }
                          : { colour: 'strong', opacity: 0.25 * thin };
                return {
                    id: t.number,
                    values: [...own.map((p) => spread(t, p)), ...scales.map(({ shown }, k) => shown(scoreOf(t, k)))],
                    ...look,
                };
            })
            .filter((item, i) => i % every === 0 || best.has(item.id))
            .reverse()
            .sort((a, b) => Number(best.has(a.id)) - Number(best.has(b.id)));
        return { axes: [...own.map(scaleOf), ...scales.map((s) => s.scale)], items };
    }, [search, objectives, parameters, order]);
    return (
        <section>
            <h2>All trials through their parameters</h2>
            <ParallelChart
                title="Parameters and objective of each trial"
                summary={`${counted(drawn.items.length, 'finished trial')} as lines through ${drawn.axes.map((a) => a.title).join(', ')}`}
                legend={
                    <>
                        {key('strong', 'worse half', 'line')}
                        {key('s1', 'best quarter', 'line')}
                        {key('s3', 'best 5%', 'line')}
                        {key('ink', search.objectives.length > 1 ? 'front' : 'best', 'line')}
                    </>
                }
                axes={drawn.axes}
                items={drawn.items}
                {...point}
            />
        </section>
    );
}

import { useMemo } from 'preact/hooks';
import { json, type Schemas } from '../../api/client';
import { useQuery } from '../../api/useQuery';
import { useSearch } from '../../api/useSearch';
import { Badge } from '../../components/Badge';
import { Figures } from '../../components/Figures';
import { LineChart } from '../../components/LineChart';
import { Empty, Loaded } from '../../components/States';
import { ShortTable } from '../../components/ShortTable';
import { RunField } from '../../components/RunField';
import { number, percent, signedPercent } from '../../format/numbers';
import { date } from '../../format/times';
import { useTitle } from '../../layout/title';
import { curvesOf, millisecondsOfTicks, type Allocator, type Point, type Window } from './allocator';

type Run = Schemas['RunSummary'] & { allocator?: Allocator };

const colours = ['s1', 's2', 's3', 's4', 'soft', 'strong'];

const measures: { id: keyof Point; title: string; unit: string; decimals: number }[] = [
    { id: 'reward', title: 'Reward', unit: 'of an episode, mean', decimals: 5 },
    { id: 'entropy', title: 'Entropy', unit: 'nats, of the distribution of actions', decimals: 3 },
    { id: 'kl', title: 'Step of the policy', unit: 'KL divergence of an update', decimals: 4 },
    { id: 'explainedVariance', title: 'Explained variance', unit: 'of the returns by the value function', decimals: 3 },
];

/** Weights that a policy learned: training curves by seed, the windows, and the weights over time. */
export default function ReinforcementView() {
    useTitle('Reinforcement');
    const {
        search: { run = '' },
        set,
    } = useSearch();
    const detail = useQuery(run === '' ? null : `run ${run}`, () => json<Run>(`/runs/${encodeURIComponent(run)}`));
    return (
        <>
            <h1>Reinforcement</h1>
            <p class="lead">Weights of strategies that a policy learned by PPO, tested on later windows against simple rules.</p>
            <RunField label="Run whose weights were learned" value={run} onValue={(v) => set({ run: v })} only={(r) => r.learnedWeights} />
            {run === '' ? (
                <Empty title="Choose a run whose weights were learned">
                    <p>
                        A batch with "weights": "adaptive" or "ppo" learns them: <code>granary reinforce samples/adaptive.json</code> is an
                        example.
                    </p>
                </Empty>
            ) : (
                <Loaded query={detail}>
                    {(r) =>
                        r.allocator ? (
                            <Shown run={r} allocator={r.allocator} />
                        ) : (
                            <Empty title="The weights of this run were not learned">
                                <p>Choose a run of a batch with "weights": "adaptive" or "ppo".</p>
                            </Empty>
                        )
                    }
                </Loaded>
            )}
        </>
    );
}

function Shown(props: { run: Run; allocator: Allocator }) {
    const { run, allocator } = props;
    const own = allocator.growth.find((g) => g.method === 'ppo') ?? allocator.growth[0];
    return (
        <>
            <p>
                {allocator.promoted ? (
                    <Badge kind="yes">The learned weights are used</Badge>
                ) : (
                    <>
                        <Badge kind="wait">Not used</Badge> The learned weights were not better than the baselines.
                    </>
                )}{' '}
                <a href={`/runs/${encodeURIComponent(run.id)}`}>The run</a>
            </p>
            <Figures
                figures={[
                    { name: 'Rule', value: allocator.rule, note: `${allocator.windows.length} windows` },
                    {
                        name: 'Growth of the policy',
                        value: signedPercent(own?.value),
                        note: own ? `a year, log; ${signedPercent(own.low)} to ${signedPercent(own.high)}` : undefined,
                    },
                    ...allocator.improvement.slice(0, 4).map((i) => ({
                        name: `Better than ${i.baseline}`,
                        value: percent(i.value, 0),
                        note: `probability; ${percent(i.low, 0)} to ${percent(i.high, 0)}`,
                    })),
                ]}
            />
            <h2>Training, by seed</h2>
            <p class="note">Training curves of the last window. The differences between seeds show the influence of luck.</p>
            <Curves allocator={allocator} />
            <h2>Weights over time</h2>
            <Weights allocator={allocator} />
            <h2>Windows and seeds</h2>
            <Windows allocator={allocator} />
        </>
    );
}

function Curves(props: { allocator: Allocator }) {
    const { curves } = props.allocator;
    const drawn = useMemo(
        () =>
            measures
                .map((m) => ({ ...m, ...curvesOf(curves, m.id) }))
                .filter((m) => m.lines.some((l) => l.values.some((v) => v !== null)))
                .map((m) => ({ ...m, lines: m.lines.map((l, i) => ({ ...l, colour: colours[i % colours.length] ?? 's1' })) })),
        [curves],
    );
    if (drawn.length === 0) return <p class="soft">This run has no training curves.</p>;
    return (
        <div class="columns">
            {drawn.map((m) => (
                <LineChart
                    key={m.id}
                    title={m.title}
                    unit={`${m.unit}, by steps`}
                    plain={(v) => number(v)}
                    x={m.x}
                    lines={m.lines}
                    format={(v) => number(v, m.decimals)}
                    summary={`${m.title} over the steps of the training, for ${m.lines.length} seeds`}
                />
            ))}
        </div>
    );
}

function Weights(props: { allocator: Allocator }) {
    const { weights } = props.allocator;
    const x = useMemo(() => weights.time.map((t) => millisecondsOfTicks(t) / 1000), [weights]);
    const lines = useMemo(
        () =>
            weights.strategies
                .map((name, i) => ({
                    name,
                    values: weights.values.map((v) => (v[i] ?? 0) * 100),
                    colour: colours[i % colours.length] ?? 's1',
                    ...(i >= colours.length ? { dashed: true } : {}),
                }))
                .filter((l) => l.values.some((v) => v !== 0)),
        [weights],
    );
    if (x.length === 0) return <p class="soft">No weight was decided.</p>;
    return (
        <LineChart
            title="Weights"
            unit="% of the equity; the rest is cash"
            x={x}
            lines={lines}
            height={300}
            summary={`Weights of ${lines.length} strategies at ${x.length} times`}
        />
    );
}

const chosenOf = (window: Window) => window.seeds.find((s) => s.seed === window.chosenSeed);

function rangeOf(window: Window): string {
    const tests = window.seeds.flatMap((s) => (s.test === null ? [] : [s.test]));
    return tests.length === 0 ? '' : `${signedPercent(Math.min(...tests))} to ${signedPercent(Math.max(...tests))}`;
}

function Windows(props: { allocator: Allocator }) {
    return (
        <ShortTable
            label="Windows and seeds"
            rows={props.allocator.windows}
            columns={[
                { title: 'Weights in force', nowrap: true, cell: (w) => `${date(w.from)} to ${date(w.to)}` },
                { title: 'Policy', cell: (w) => w.version ?? '–' },
                { title: 'Seed', figure: true, cell: (w) => w.chosenSeed },
                { title: 'Validation', figure: true, cell: (w) => signedPercent(chosenOf(w)?.validation) },
                { title: 'Window', figure: true, cell: (w) => signedPercent(chosenOf(w)?.test) },
                { title: 'Seeds from – to', figure: true, cell: rangeOf },
                {
                    title: 'Equal weights',
                    figure: true,
                    cell: (w) => signedPercent(w.baselines.find((b) => b.name === 'equal')?.test),
                },
            ]}
        />
    );
}

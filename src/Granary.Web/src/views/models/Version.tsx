import { useMemo } from 'preact/hooks';
import { api, take, type Schemas } from '../../api/client';
import { useQuery } from '../../api/useQuery';
import { ShareBars } from '../../components/ShareBars';
import { Figures } from '../../components/Figures';
import { LineChart } from '../../components/LineChart';
import { Loaded } from '../../components/States';
import { ShortTable } from '../../components/ShortTable';
import { Unbroken } from '../../components/Unbroken';
import { Pairs } from '../../components/Pairs';
import { counted, number, percent, signedPercent, tone } from '../../format/numbers';
import { date } from '../../format/times';
import { finite, mainFigure, type Unit } from './unit';

/** A version of a model: its figures, calibration, importance, and its figures over time. */
export function Version(props: { name: string; number: number }) {
    const { name } = props;
    const detail = useQuery(`version ${name} ${props.number}`, () =>
        take(api.GET('/api/v1/models/{name}/versions/{number}', { params: { path: { name, number: props.number } } })),
    );
    return (
        <>
            <h2>Version {props.number}</h2>
            <Loaded query={detail} height={420}>
                {(d) => <Shown detail={d} />}
            </Loaded>
        </>
    );
}

function Shown(props: { detail: Schemas['VersionDetail'] }) {
    const { lineage, findings } = props.detail;
    const main = mainFigure(lineage.outOfSample);
    const inSample = mainFigure(lineage.inSample);
    const unit = findings?.unit as unknown as Unit | undefined;
    return (
        <>
            <Figures
                figures={[
                    {
                        name: main ? `${main.name} out of sample` : 'Out of sample',
                        value: number(main?.value, 3),
                        note: main?.name === 'AUC' ? '0.5 is chance' : 'of samples that it was not trained on',
                    },
                    { name: 'In sample', value: number(inSample?.value, 3), note: 'on its training data' },
                    { name: 'Gap', value: number(lineage.trainTestGap, 3), note: 'in sample less out of sample' },
                    { name: 'Samples', value: number(lineage.samples), note: `${date(lineage.from)} to ${date(lineage.to)}` },
                    { name: 'Features', value: number(lineage.features.length), note: lineage.trainer },
                ]}
            />
            <h3>Limits of use</h3>
            <ul>
                {props.detail.limits.map((limit) => (
                    <li key={limit}>
                        <Unbroken>{limit}</Unbroken>
                    </li>
                ))}
            </ul>
            {unit && findings ? (
                <FromRun unit={unit} findings={findings} />
            ) : (
                <p class="notice calm">
                    No run of this server has the calibration and importance of this version. Run its batch, or train it again as a job.
                </p>
            )}
            <h3>Lineage</h3>
            <Pairs
                pairs={Object.entries({
                    Data: lineage.data,
                    Predicts: lineage.label,
                    Trainer: lineage.trainer,
                    Parameters: Object.entries(lineage.parameters ?? {})
                        .map(([k, v]) => `${k} ${v}`)
                        .join(', '),
                    Seed: String(lineage.seed),
                    Features: lineage.features.join(', '),
                    'Hash of the model': props.detail.modelHash.slice(0, 16),
                }).map(([name, text]) => ({ name, value: text === '' ? 'those of the trainer' : text }))}
            />
        </>
    );
}

function FromRun(props: { unit: Unit; findings: Schemas['ModelFindings'] }) {
    const { unit } = props;
    const importance = [...unit.importance].sort((a, b) => Math.abs(finite(b.permutation) ?? 0) - Math.abs(finite(a.permutation) ?? 0));
    return (
        <>
            <p class="note">
                From the run {props.findings.run}.
                {props.findings.hasDecisions && (
                    <>
                        {' '}
                        <a href={`/runs/${encodeURIComponent(props.findings.run)}?tab=models`}>Decisions and their effect</a>
                    </>
                )}
            </p>
            <div class="columns">
                <Windows unit={unit} />
                {unit.calibration.length > 1 && <Calibration unit={unit} />}
                {importance.length > 0 && (
                    <ShareBars
                        title="Importance of features"
                        unit="fall of the figure when the feature is shuffled"
                        rows={importance.map((i) => ({
                            name: i.feature,
                            value: finite(i.permutation) ?? 0,
                            text: number(finite(i.permutation), 4),
                        }))}
                    />
                )}
                <ImportanceOverTime unit={unit} />
                {unit.equity.length > 1 && <Effect unit={unit} />}
            </div>
            {props.findings.drift && <Drift drift={props.findings.drift} />}
            {unit.strategies.length > 0 && <Strategies unit={unit} />}
        </>
    );
}

function Drift(props: { drift: Schemas['ModelDriftFindings'] }) {
    const { detector, watched, changes } = props.drift;
    return (
        <>
            <h3>Drift of the error</h3>
            <p class={changes.length === 0 ? 'notice calm' : 'notice'}>
                {changes.length === 0
                    ? `${detector.toUpperCase()} found no change in the squared error of ${counted(watched, 'prediction')} out of sample.`
                    : `${detector.toUpperCase()} found ${counted(changes.length, 'change')} in the squared error of ${counted(watched, 'prediction')} out of sample.`}
            </p>
            {changes.length > 0 && (
                <ShortTable
                    label="Changes of the error"
                    rows={changes}
                    columns={[
                        { title: 'Since', nowrap: true, cell: (c) => date(c.since) },
                        { title: 'Noticed', nowrap: true, cell: (c) => date(c.noticed) },
                        { title: 'Error before', figure: true, cell: (c) => number(c.before, 4) },
                        { title: 'Error after', figure: true, cell: (c) => number(c.after, 4) },
                        {
                            title: 'Change',
                            figure: true,
                            cell: (c) => (c.before && c.after ? signedPercent(c.after / c.before - 1, 0) : '–'),
                            tone: (c) => tone((c.before ?? 0) - (c.after ?? 0)),
                        },
                    ]}
                />
            )}
        </>
    );
}

// Drift: the out-of-sample figure of each window.
function Windows(props: { unit: Unit }) {
    const { windows } = props.unit;
    const x = useMemo(() => windows.map((w) => Date.parse(w.testTo) / 1000), [windows]);
    const name = mainFigure(windows[0]?.outOfSample ?? {})?.name ?? 'Figure';
    const lines = useMemo(
        () => [{ name, values: windows.map((w) => mainFigure(w.outOfSample)?.value ?? null), colour: 's1' }],
        [windows, name],
    );
    if (windows.length < 2) return null;
    return (
        <LineChart
            title="Drift: figure of each window"
            unit={`${name} out of sample`}
            x={x}
            lines={lines}
            format={(v) => number(v, 3)}
            summary={`${name} out of sample in ${windows.length} windows, the last ${number(mainFigure(windows.at(-1)?.outOfSample ?? {})?.value, 3)}`}
        />
    );
}

const colours = ['s1', 's2', 's3', 's4'];

// The importance of the main features in each window.
function ImportanceOverTime(props: { unit: Unit }) {
    const { unit } = props;
    const windows = useMemo(() => unit.windows.filter((w) => Object.keys(w.importance ?? {}).length > 0), [unit]);
    const features = useMemo(
        () =>
            [...unit.importance]
                .sort((a, b) => (finite(b.permutation) ?? 0) - (finite(a.permutation) ?? 0))
                .slice(0, colours.length)
                .map((i) => i.feature),
        [unit],
    );
    const x = useMemo(() => windows.map((w) => Date.parse(w.testTo) / 1000), [windows]);
    const lines = useMemo(
        () =>
            features.map((name, i) => ({
                name,
                values: windows.map((w) => finite(w.importance?.[name])),
                colour: colours[i] ?? 's1',
            })),
        [windows, features],
    );
    if (windows.length < 2 || features.length === 0) return null;
    return (
        <LineChart
            title="Importance over time"
            unit="fall of the figure of each window"
            x={x}
            lines={lines}
            format={(v) => number(v, 4)}
            summary={`Importance of ${counted(features.length, 'feature')} in ${windows.length} windows: ${features.join(', ')}`}
        />
    );
}

function Calibration(props: { unit: Unit }) {
    const { calibration } = props.unit;
    const x = useMemo(() => calibration.map((c) => c.predicted * 100), [calibration]);
    const lines = useMemo(
        () => [
            { name: 'Observed', values: calibration.map((c) => c.observed * 100), colour: 's1' },
            { name: 'Perfect', values: calibration.map((c) => c.predicted * 100), colour: 'strong', dashed: true },
        ],
        [calibration],
    );
    return (
        <LineChart
            title="Calibration"
            unit="% that came true, by % predicted"
            plain={(v) => number(v)}
            x={x}
            lines={lines}
            format={(v) => `${number(v, 0)}%`}
            summary={`Predicted and observed frequencies in ${calibration.length} groups of predictions`}
        />
    );
}

function Effect(props: { unit: Unit }) {
    const { equity } = props.unit;
    const x = useMemo(() => equity.map((e) => Date.parse(e.time) / 1000), [equity]);
    const lines = useMemo(
        () => [
            { name: 'With the model', values: equity.map((e) => e.with * 100), colour: 's1' },
            { name: 'Without', values: equity.map((e) => e.without * 100), colour: 's2', dashed: true },
        ],
        [equity],
    );
    const last = equity.at(-1);
    return (
        <LineChart
            title="Trades with the model and without"
            unit="sum of returns, %"
            x={x}
            lines={lines}
            summary={`Sum of returns with the model ${signedPercent(last?.with)}, without ${signedPercent(last?.without)}`}
        />
    );
}

function Strategies(props: { unit: Unit }) {
    return (
        <>
            <h3>Effect on strategies, out of sample</h3>
            <ShortTable
                label="Effect on strategies"
                rows={props.unit.strategies}
                columns={[
                    { title: 'Strategy', cell: (s) => s.strategy },
                    { title: 'Trades', figure: true, cell: (s) => number(s.trades) },
                    { title: 'Taken', figure: true, cell: (s) => number(s.taken) },
                    { title: 'Won without', figure: true, cell: (s) => percent(s.winRateWithout, 1) },
                    { title: 'Won with', figure: true, cell: (s) => percent(s.winRateWith, 1) },
                    {
                        title: 'Return without',
                        figure: true,
                        cell: (s) => signedPercent(s.returnWithout),
                        tone: (s) => tone(s.returnWithout),
                    },
                    { title: 'Return with', figure: true, cell: (s) => signedPercent(s.returnWith), tone: (s) => tone(s.returnWith) },
                ]}
            />
        </>
    );
}

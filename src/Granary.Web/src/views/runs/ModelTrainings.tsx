import { Badge } from '../../components/Badge';
import { StrategyName, strategyWidth } from '../../components/StrategyName';
import { DataTable, type Column } from '../../components/Table';
import { number } from '../../format/numbers';
import { time } from '../../format/times';

/** Retrainings of a run's models; see Granary.Reporting/Runs/ModelResults.cs. */
export interface TrainingResults {
    actions: ModelAction[];
    versions?: {
        strategy: string;
        version: number;
        from: string;
        to?: string;
        expired?: string;
        trainFrom: string;
        trainTo: string;
        samples: number;
        signals: number;
        refused: number;
    }[];
    challengers?: {
        strategy: string;
        trades: number;
        compared: number;
        error?: number;
        challengerError?: number;
        low?: number;
        high?: number;
        pValue?: number;
    }[];
}

/** An action of a model's watch or retraining. */
export interface ModelAction {
    time: string;
    strategy: string;
    action: string;
    version: number;
    weight?: number;
    before?: number;
    after?: number;
    trades: number;
    reason: string;
    training?: { trained: number; pValue?: number };
}

type Version = NonNullable<TrainingResults['versions']>[number];

const versionColumns: Column<Version>[] = [
    { id: 'version', title: 'Version', width: 70, value: (v) => v.version, cell: (v) => number(v.version) },
    { id: 'from', title: 'From', width: 135, value: (v) => v.from, cell: (v) => time(v.from) },
    { id: 'to', title: 'To', width: 135, value: (v) => v.to, cell: (v) => (v.to ? time(v.to) : '–') },
    { id: 'expired', title: 'Expired', width: 135, value: (v) => v.expired, cell: (v) => (v.expired ? time(v.expired) : '–') },
    { id: 'learned', title: 'Learned to', width: 135, value: (v) => v.trainTo, cell: (v) => time(v.trainTo) },
    { id: 'samples', title: 'Samples', width: 80, figure: true, value: (v) => v.samples, cell: (v) => number(v.samples) },
    { id: 'signals', title: 'Signals', width: 80, figure: true, value: (v) => v.signals, cell: (v) => number(v.signals) },
    {
        id: 'refused',
        title: 'Refused',
        width: 80,
        figure: true,
        value: (v) => v.refused,
        cell: (v) => number(v.refused),
        hint: 'Entries that came when the version had expired',
    },
    { id: 'strategy', title: 'Strategy', width: strategyWidth, value: (v) => v.strategy, cell: (v) => <StrategyName id={v.strategy} /> },
];

const trainingColumns: Column<ModelAction>[] = [
    { id: 'time', title: 'Time', width: 150, value: (a) => a.time, cell: (a) => time(a.time) },
    {
        id: 'action',
        title: 'Action',
        width: 110,
        value: (a) => a.action,
        cell: (a) => <Badge kind={a.action === 'promoted' ? 'yes' : 'no'}>{a.action}</Badge>,
    },
    { id: 'version', title: 'Version', width: 90, figure: true, value: trained, cell: (a) => number(trained(a)) },
    {
        id: 'before',
        title: 'Error in force',
        width: 120,
        figure: true,
        value: (a) => a.before,
        cell: (a) => number(a.before, 4),
        hint: 'Mean squared error of the version in force on outcomes that neither version was trained on',
    },
    { id: 'after', title: 'Error', width: 90, figure: true, value: (a) => a.after, cell: (a) => number(a.after, 4) },
    {
        id: 'p',
        title: 'p',
        width: 80,
        figure: true,
        value: (a) => a.training?.pValue,
        cell: (a) => number(a.training?.pValue, 3),
        hint: 'p-value of a paired t-test: probability of the result if the new version is not better',
    },
    { id: 'strategy', title: 'Strategy', width: strategyWidth, value: (a) => a.strategy, cell: (a) => <StrategyName id={a.strategy} /> },
    { id: 'reason', title: 'Reason', width: 560, cell: (a) => <span title={a.reason}>{a.reason}</span> },
];

type Challenger = NonNullable<TrainingResults['challengers']>[number];

const challengerColumns: Column<Challenger>[] = [
    { id: 'strategy', title: 'Strategy', width: strategyWidth, value: (c) => c.strategy, cell: (c) => <StrategyName id={c.strategy} /> },
    { id: 'compared', title: 'Compared', width: 100, figure: true, value: (c) => c.compared, cell: (c) => number(c.compared) },
    { id: 'error', title: 'Error in force', width: 120, figure: true, value: (c) => c.error, cell: (c) => number(c.error, 4) },
    {
        id: 'challenger',
        title: 'Error of challengers',
        width: 160,
        figure: true,
        value: (c) => c.challengerError,
        cell: (c) => number(c.challengerError, 4),
    },
    { id: 'low', title: 'Low', width: 100, figure: true, value: (c) => c.low, cell: (c) => number(c.low, 4) },
    { id: 'high', title: 'High', width: 100, figure: true, value: (c) => c.high, cell: (c) => number(c.high, 4) },
    { id: 'p', title: 'p', width: 80, figure: true, value: (c) => c.pValue, cell: (c) => number(c.pValue, 3) },
];

function trained(action: ModelAction) {
    return action.training?.trained ?? action.version;
}

/** The versions in force over time, the decision of each training, and the comparison of challengers with the versions in force. */
export function ModelTrainings(props: { results: TrainingResults }) {
    const { versions = [], challengers = [] } = props.results;
    const trainings = props.results.actions.filter((a) => ['promoted', 'rejected', 'failed', 'expired'].includes(a.action));
    return (
        <>
            {versions.length > 0 && (
                <>
                    <h2>Versions in force</h2>
                    <DataTable
                        label="Versions in force over time"
                        rows={versions}
                        columns={versionColumns}
                        id={(v) => `${v.strategy}/${v.from}`}
                        height={heightOf(versions.length)}
                    />
                </>
            )}
            {trainings.length > 0 && (
                <>
                    <h2>Trainings</h2>
                    <DataTable
                        label="Trainings and expiries"
                        rows={trainings}
                        columns={trainingColumns}
                        id={(a) => `${a.strategy}/${a.time}/${a.action}/${trained(a)}`}
                        height={heightOf(trainings.length)}
                    />
                </>
            )}
            {challengers.length > 0 && (
                <>
                    <h2>Challengers</h2>
                    <p class="note">
                        Mean squared errors on closed trades whose outcomes do not overlap, with the 95% interval of the difference. The
                        p-value is of a paired t-test that the challengers err no less.
                    </p>
                    <DataTable
                        label="Challengers compared with the versions in force"
                        rows={challengers}
                        columns={challengerColumns}
                        id={(c) => c.strategy}
                        height={heightOf(challengers.length)}
                    />
                </>
            )}
        </>
    );
}

/** The height of a table of rows: few leave no empty space below them. */
export function heightOf(rows: number) {
    return Math.min(380, 60 + 36 * rows);
}

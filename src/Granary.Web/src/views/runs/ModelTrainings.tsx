import { Badge } from '../../components/Badge';
import { ShortTable } from '../../components/ShortTable';
import { StrategyName } from '../../components/StrategyName';
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

/** An act of the watch of a model, or of its retraining. */
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

const most = 200;

/** The versions in force over time, what each training decided, and the challengers beside the versions in force. */
export function ModelTrainings(props: { results: TrainingResults }) {
    const { versions = [], challengers = [] } = props.results;
    const trainings = props.results.actions.filter((a) => ['promoted', 'rejected', 'failed', 'expired'].includes(a.action));
    return (
        <>
            {versions.length > 0 && (
                <>
                    <h2>Versions in force</h2>
                    <ShortTable
                        label="Versions in force over time"
                        rows={versions.slice(0, most)}
                        columns={[
                            { title: 'Version', figure: true, cell: (v) => number(v.version) },
                            { title: 'From', nowrap: true, cell: (v) => time(v.from) },
                            { title: 'To', nowrap: true, cell: (v) => (v.to ? time(v.to) : '–') },
                            { title: 'Expired', nowrap: true, cell: (v) => (v.expired ? time(v.expired) : '–') },
                            { title: 'Learned to', nowrap: true, cell: (v) => time(v.trainTo) },
                            { title: 'Samples', figure: true, cell: (v) => number(v.samples) },
                            { title: 'Signals', figure: true, cell: (v) => number(v.signals) },
                            { title: 'Refused as expired', figure: true, cell: (v) => number(v.refused) },
                            { title: 'Strategy', cell: (v) => <StrategyName id={v.strategy} /> },
                        ]}
                    />
                    <More count={versions.length} file="results.json" />
                </>
            )}
            {trainings.length > 0 && (
                <>
                    <h2>Trainings</h2>
                    <ShortTable
                        label="Trainings and expiries"
                        rows={trainings.slice(0, most)}
                        columns={[
                            { title: 'Time', nowrap: true, cell: (a) => time(a.time) },
                            {
                                title: 'Action',
                                nowrap: true,
                                cell: (a) => <Badge kind={a.action === 'promoted' ? 'yes' : 'no'}>{a.action}</Badge>,
                            },
                            { title: 'Version', figure: true, cell: (a) => number(a.training?.trained ?? a.version) },
                            { title: 'Error in force', figure: true, cell: (a) => number(a.before, 4) },
                            { title: 'Error', figure: true, cell: (a) => number(a.after, 4) },
                            { title: 'p', figure: true, cell: (a) => number(a.training?.pValue, 3) },
                            { title: 'Reason', prose: true, cell: (a) => a.reason },
                            { title: 'Strategy', cell: (a) => <StrategyName id={a.strategy} /> },
                        ]}
                    />
                    <More count={trainings.length} file="model_log.csv" />
                </>
            )}
            {challengers.length > 0 && (
                <>
                    <h2>Challengers</h2>
                    <p class="note">
                        Mean squared errors on closed trades whose outcomes do not overlap, with the 95 % interval of the difference. The
                        p-value is of a paired t-test that the challengers err no less.
                    </p>
                    <ShortTable
                        label="Challengers beside the versions in force"
                        rows={challengers.slice(0, most)}
                        columns={[
                            { title: 'Strategy', cell: (c) => <StrategyName id={c.strategy} /> },
                            { title: 'Compared', figure: true, cell: (c) => number(c.compared) },
                            { title: 'Error in force', figure: true, cell: (c) => number(c.error, 4) },
                            { title: 'Error of challengers', figure: true, cell: (c) => number(c.challengerError, 4) },
                            { title: 'Low', figure: true, cell: (c) => number(c.low, 4) },
                            { title: 'High', figure: true, cell: (c) => number(c.high, 4) },
                            { title: 'p', figure: true, cell: (c) => number(c.pValue, 3) },
                        ]}
                    />
                </>
            )}
        </>
    );
}

function More(props: { count: number; file: string }) {
    return props.count > most ? (
        <p class="note">
            The first {most}; {props.file} has all.
        </p>
    ) : null;
}

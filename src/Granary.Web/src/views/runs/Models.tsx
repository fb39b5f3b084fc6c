import { json } from '../../api/client';
import { useQuery } from '../../api/useQuery';
import { useSearch } from '../../api/useSearch';
import { Badge } from '../../components/Badge';
import { SelectField } from '../../components/Field';
import { Figures } from '../../components/Figures';
import { ShortTable } from '../../components/ShortTable';
import { Empty, Loaded } from '../../components/States';
import { StrategyName, strategyWidth } from '../../components/StrategyName';
import { DataTable, type Column } from '../../components/Table';
import { counted, number, percent, signedMoney, signedPercent, tone } from '../../format/numbers';
import { time } from '../../format/times';
import { heightOf, ModelTrainings, type ModelAction, type TrainingResults } from './ModelTrainings';
import { runPath, type RunDetails } from './run';

/** The decisions of the models of a run; see Granary.Reporting/Runs/ModelResults.cs. */
export interface ModelResults extends TrainingResults {
    strategies: {
        strategy: string;
        model: string;
        judged: number;
        watched: number;
        wrong: number;
        changes: { change: string; entries: number; trades: number; return: number; profit: number; worth: number }[];
    }[];
}

interface Decision {
    strategy: string;
    number: number;
    time: string;
    side: string;
    version: number;
    change: string;
    prediction?: number;
    dissimilarity?: number;
    size: number;
    return: number;
    worth: number;
}

const columns: Column<Decision>[] = [
    { id: 'time', title: 'Signal', width: 150, value: (d) => d.time, cell: (d) => time(d.time) },
    { id: 'side', title: 'Side', width: 70, value: (d) => d.side, cell: (d) => d.side },
    { id: 'change', title: 'Change', width: 110, value: (d) => d.change, cell: (d) => d.change },
    { id: 'version', title: 'Version', width: 80, figure: true, value: (d) => d.version, cell: (d) => number(d.version) },
    {
        id: 'prediction',
        title: 'Prediction',
        width: 100,
        figure: true,
        value: (d) => d.prediction,
        cell: (d) => number(d.prediction, 3),
    },
    {
        id: 'dissimilarity',
        title: 'Dissimilarity',
        width: 120,
        figure: true,
        value: (d) => d.dissimilarity,
        cell: (d) => number(d.dissimilarity, 3),
        hint: 'Distance of the input from the training data',
    },
    { id: 'size', title: 'Size left', width: 90, figure: true, value: (d) => d.size, cell: (d) => percent(d.size, 0) },
    {
        id: 'return',
        title: 'Return',
        width: 100,
        figure: true,
        value: (d) => d.return,
        cell: (d) => <span class={tone(d.return)}>{signedPercent(d.return)}</span>,
        hint: 'Return on notional of the full-size trade in the strategy’s own account',
    },
    {
        id: 'worth',
        title: 'Worth',
        width: 100,
        figure: true,
        value: (d) => d.worth,
        cell: (d) => <span class={tone(d.worth)}>{signedPercent(d.worth)}</span>,
        hint: 'Effect of the decision: (allowed fraction of the size − 1) × return',
    },
    {
        id: 'strategy',
        title: 'Strategy',
        width: strategyWidth,
        value: (d) => d.strategy,
        cell: (d) => <StrategyName id={d.strategy} />,
    },
];

type Change = ModelResults['strategies'][number]['changes'][number] & { strategy: string };

const changeColumns: Column<Change>[] = [
    { id: 'strategy', title: 'Strategy', width: strategyWidth, value: (v) => v.strategy, cell: (v) => <StrategyName id={v.strategy} /> },
    { id: 'change', title: 'Change', width: 110, value: (v) => v.change, cell: (v) => v.change },
    { id: 'entries', title: 'Entries', width: 90, figure: true, value: (v) => v.entries, cell: (v) => number(v.entries) },
    { id: 'trades', title: 'Closed trades', width: 120, figure: true, value: (v) => v.trades, cell: (v) => number(v.trades) },
    {
        id: 'return',
        title: 'Would have earned',
        width: 150,
        figure: true,
        value: (v) => v.return,
        cell: (v) => <span class={tone(v.return)}>{signedPercent(v.return)}</span>,
    },
    {
        id: 'profit',
        title: 'Net profit',
        width: 120,
        figure: true,
        value: (v) => v.profit,
        cell: (v) => <span class={tone(v.profit)}>{signedMoney(v.profit)}</span>,
    },
    {
        id: 'worth',
        title: 'Worth',
        width: 100,
        figure: true,
        value: (v) => v.worth,
        cell: (v) => <span class={tone(v.worth)}>{signedPercent(v.worth)}</span>,
    },
];

/** Decisions of a run's models about entries, their effect, and the actions of the watch of their predictions. */
export function Models(props: { run: RunDetails; results: ModelResults }) {
    const { results } = props;
    const changes = results.strategies.flatMap((s) => s.changes.map((v) => ({ ...v, strategy: s.strategy })));
    const sum = (of: (v: (typeof changes)[number]) => number) => changes.reduce((total, v) => total + of(v), 0);
    const abstained = changes.filter((v) => v.change === 'abstained');
    const watched = results.strategies.reduce((n, s) => n + s.watched, 0);
    const wrong = results.strategies.reduce((n, s) => n + s.wrong, 0);
    const actions = results.actions.filter((a) => ['alert', 'rolled-back', 'restored'].includes(a.action));
    const alerts = actions.filter((a) => a.action === 'alert').length;
    return (
        <>
            <p class="lead">
                Each entry is simulated whole in its strategy’s own account, so that the outcome of an entry that a model refused or made
                smaller is known.
            </p>
            <Figures
                figures={[
                    {
                        name: 'Entries judged',
                        value: number(results.strategies.reduce((n, s) => n + s.judged, 0)),
                        note: `${number(sum((v) => v.entries))} of them changed`,
                    },
                    {
                        name: 'Worth',
                        value: signedPercent(sum((v) => v.worth)),
                        tone: tone(sum((v) => v.worth)),
                        note: 'summed returns on notional',
                    },
                    {
                        name: 'Abstained',
                        value: number(abstained.reduce((n, v) => n + v.entries, 0)),
                        note: `would have earned ${signedPercent(abstained.reduce((n, v) => n + v.return, 0))}`,
                    },
                    {
                        name: 'Predicted wrong',
                        value: watched === 0 ? '–' : percent(wrong / watched, 1),
                        note: watched === 0 ? 'not watched' : `of ${counted(watched, 'closed trade')}`,
                    },
                    { name: 'Alerts', value: number(alerts), note: watched === 0 ? 'not watched' : 'of the detector' },
                ]}
            />
            <h2>Changes</h2>
            {changes.length === 0 ? (
                <p class="notice calm">The models admitted every entry without a change.</p>
            ) : (
                <DataTable
                    label="Changes of models"
                    rows={changes}
                    columns={changeColumns}
                    id={(v) => `${v.strategy}/${v.change}`}
                    height={heightOf(changes.length)}
                />
            )}
            <Actions actions={actions} watched={watched} />
            <ModelTrainings results={results} />
            <h2>Changed entries</h2>
            <Decisions {...props} />
        </>
    );
}

function Actions(props: { actions: ModelAction[]; watched: number }) {
    if (props.watched === 0) return null;
    return (
        <>
            <h2>Alerts and actions</h2>
            {props.actions.length === 0 ? (
                <p class="notice calm">The detector found no increase of the error.</p>
            ) : (
                <ShortTable
                    label="Alerts and actions"
                    rows={props.actions}
                    columns={[
                        { title: 'Time', nowrap: true, cell: (a) => time(a.time) },
                        {
                            title: 'Action',
                            nowrap: true,
                            cell: (a) => <Badge kind={a.action === 'restored' ? 'yes' : 'no'}>{a.action.replace('-', ' ')}</Badge>,
                        },
                        { title: 'Version', figure: true, cell: (a) => (a.version === 0 ? '–' : number(a.version)) },
                        { title: 'Weight', figure: true, cell: (a) => percent(a.weight, 0) },
                        { title: 'Reason', prose: true, cell: (a) => a.reason },
                        { title: 'Strategy', cell: (a) => <StrategyName id={a.strategy} /> },
                    ]}
                />
            )}
        </>
    );
}

function Decisions(props: { run: RunDetails; results: ModelResults }) {
    const { search, set } = useSearch();
    const of = search.of ?? '';
    const path = `${runPath(props.run.id)}/model-decisions?limit=1000${of ? `&strategy=${encodeURIComponent(of)}` : ''}`;
    const rows = useQuery(path, () => json<{ items: Decision[]; total: number }>(path));
    return (
        <>
            {props.results.strategies.length > 1 && (
                <div class="filters">
                    <SelectField
                        label="Strategy"
                        value={of}
                        options={[
                            { value: '', label: 'all' },
                            ...props.results.strategies.map((s) => ({ value: s.strategy, label: s.strategy })),
                        ]}
                        onValue={(v) => set({ of: v })}
                    />
                </div>
            )}
            <Loaded query={rows} height={420}>
                {(page) =>
                    page.items.length === 0 ? (
                        <Empty title="No changed entry">
                            <p>The models admitted every entry of this strategy in full size, or its trades are still open.</p>
                        </Empty>
                    ) : (
                        <>
                            <DataTable
                                label="Changed entries"
                                rows={page.items}
                                columns={columns}
                                id={(d) => `${d.strategy}/${d.number}`}
                                height={460}
                            />
                            {page.total > page.items.length && (
                                <p class="note">
                                    The first {number(page.items.length)} of {number(page.total)}; model_decisions.csv has all.
                                </p>
                            )}
                        </>
                    )
                }
            </Loaded>
        </>
    );
}

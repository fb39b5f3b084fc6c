import { useLocation } from 'preact-iso';
import { useState } from 'preact/hooks';
import { can } from '../../api/caller';
import { useChanges } from '../../api/changes';
import { api, take, type Schemas } from '../../api/client';
import { useAction } from '../../api/useAction';
import { useQuery } from '../../api/useQuery';
import { useSearch } from '../../api/useSearch';
import { Badge } from '../../components/Badge';
import { Dialog } from '../../components/Dialog';
import { TextField } from '../../components/Field';
import { Empty, Loaded } from '../../components/States';
import { DataTable, type Column } from '../../components/Table';
import { Wrong } from '../../components/Wrong';
import { RunField } from '../../components/RunField';
import { number, signedPercent, tone } from '../../format/numbers';
import { time } from '../../format/times';
import { useTitle } from '../../layout/title';

type Entry = Schemas['DeploymentEntry'];

const statistic = (d: Entry, name: string): number | undefined => d.backtest.statistics[name];

const columns: Column<Entry>[] = [
    {
        id: 'number',
        title: 'Number',
        width: 85,
        value: (d) => d.number,
        cell: (d) => <a href={`/deployments/${d.number}`}>{d.number}</a>,
    },
    { id: 'name', title: 'Name', width: 160, value: (d) => d.name, cell: (d) => d.name },
    {
        id: 'checks',
        title: 'Checks',
        width: 100,
        value: (d) => d.failedChecks.length,
        cell: (d) =>
            d.failedChecks.length === 0 ? <Badge kind="yes">passed</Badge> : <Badge kind="no">{d.failedChecks.length} failed</Badge>,
    },
    { id: 'strategies', title: 'Strategies', width: 95, figure: true, value: (d) => d.strategies, cell: (d) => number(d.strategies) },
    {
        id: 'return',
        title: 'Backtest’s return',
        width: 125,
        figure: true,
        value: (d) => statistic(d, 'totalReturn'),
        cell: (d) => <span class={tone(statistic(d, 'totalReturn'))}>{signedPercent(statistic(d, 'totalReturn'))}</span>,
    },
    {
        id: 'sharpe',
        title: 'Sharpe ratio',
        width: 100,
        figure: true,
        value: (d) => statistic(d, 'sharpe'),
        cell: (d) => number(statistic(d, 'sharpe'), 2),
    },
    { id: 'account', title: 'Account', width: 110, value: (d) => d.lastAccount, cell: (d) => d.lastAccount ?? '–' },
    { id: 'added', title: 'Added', width: 150, value: (d) => d.addedAt, cell: (d) => time(d.addedAt) },
    { id: 'who', title: 'By', width: 80, value: (d) => d.who, cell: (d) => d.who },
    { id: 'why', title: 'Reason', width: 170, cell: (d) => d.why },
];

/** Production configurations by number. */
export default function DeploymentsView() {
    useTitle('Deployments');
    const { route } = useLocation();
    const {
        search: { run = '' },
    } = useSearch();
    const [adding, setAdding] = useState(run !== '');
    const all = useQuery('deployments', () => take(api.GET('/api/v1/deployments', { params: { query: { limit: 1000 } } })));
    useChanges(['deployment'], all.reload);
    const add = can('admin') && (
        <button type="button" class="primary" onClick={() => setAdding(true)}>
            Add a deployment
        </button>
    );
    return (
        <>
            <h1>Deployments</h1>
            <p class="lead">
                Configurations for trading, each with a number and the backtest that justified it. They never change; a better one is a new
                number, and an account is handed over to it.
            </p>
            <Loaded query={all}>
                {(page) =>
                    page.items.length === 0 ? (
                        <Empty title="There is no deployment yet">
                            <p>A finished run whose strategies have weights can become the first one.</p>
                            {add}
                        </Empty>
                    ) : (
                        <>
                            <div class="actions">
                                <span class="push" />
                                {add}
                            </div>
                            <DataTable
                                label="Deployments"
                                rows={page.items}
                                columns={columns}
                                id={(d) => String(d.number)}
                                sorting={{ id: 'number', descending: true }}
                                onOpen={(d) => route(`/deployments/${d.number}`)}
                            />
                        </>
                    )
                }
            </Loaded>
            {adding && can('admin') && (
                <Add
                    run={run}
                    onClose={() => setAdding(false)}
                    onAdded={(n) => {
                        setAdding(false);
                        route(`/deployments/${n}`);
                    }}
                />
            )}
        </>
    );
}

function Add(props: { run: string; onClose: () => void; onAdded: (number: number) => void }) {
    const [run, setRun] = useState(props.run);
    const [why, setWhy] = useState('');
    const {
        run: add,
        busy,
        problem,
    } = useAction(async () => {
        const added = await take(api.POST('/api/v1/deployments', { body: { run, configuration: null, why } }));
        props.onAdded(added.deployment.number);
    });
    return (
        <Dialog title="Add a deployment" onClose={props.onClose}>
            <form
                onSubmit={(e) => {
                    e.preventDefault();
                    add();
                }}
            >
                <RunField
                    label="Run"
                    value={run}
                    onValue={setRun}
                    only={(r) => r.deployable}
                    hint="Its prod.json becomes the deployment, its results the promise. Runs without one are left out: no strategy of theirs has a weight, or they are of a session"
                />
                <TextField label="Reason, for the history" value={why} onValue={setWhy} />
                <Wrong>{problem?.message}</Wrong>
                <div class="actions">
                    <button type="button" onClick={props.onClose}>
                        Back
                    </button>
                    <button type="submit" class="primary" disabled={busy || run === ''}>
                        Add
                    </button>
                </div>
            </form>
        </Dialog>
    );
}

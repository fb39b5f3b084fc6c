import { useLocation } from 'preact-iso';
import { useState } from 'preact/hooks';
import { api, json, send, take, type Schemas } from '../../api/client';
import { useAction } from '../../api/useAction';
import { useQuery } from '../../api/useQuery';
import { Confirm, Dialog } from '../../components/Dialog';
import { SelectField, TextField } from '../../components/Field';
import { Pairs } from '../../components/Pairs';
import { Loaded } from '../../components/States';
import { Unbroken } from '../../components/Unbroken';
import { Wrong } from '../../components/Wrong';
import { counted, number } from '../../format/numbers';
import { feedOf } from '../live/feed';
import { checkNames, runPath, type RunDetails } from './run';

interface Props {
    run: RunDetails;
    onClose: () => void;
}

/** Changes the shown name of a run. */
export function RenameDialog(props: Props & { onRenamed: () => void }) {
    const { run } = props;
    const [name, setName] = useState(run.name);
    const rename = async () => {
        await take(api.PATCH('/api/v1/runs/{id}', { params: { path: { id: run.id } }, body: { name } }));
        props.onRenamed();
    };
    return (
        <Confirm title={`Rename ${run.name}`} action="Rename" onConfirm={rename} onClose={props.onClose}>
            <TextField label="Name" value={name} onValue={setName} maxLength={100} hint={`The id of the run stays ${run.id}.`} />
        </Confirm>
    );
}

/** Deletes a run; the server refuses it if something uses the run. */
export function DeleteDialog(props: Props) {
    const { run } = props;
    const { route } = useLocation();
    const remove = async () => {
        await take(api.DELETE('/api/v1/runs/{id}', { params: { path: { id: run.id } } }));
        route('/runs');
    };
    return (
        <Confirm title={`Delete ${run.name}?`} action="Delete the run" danger onConfirm={remove} onClose={props.onClose}>
            <p>
                The report and all files of the run {run.id} are deleted. This cannot be undone. Its batch can be run again as long as its
                text and its bars are there.
            </p>
        </Confirm>
    );
}

/** The fields of a prod.json that the dialog reads. */
interface Configuration {
    name: string;
    folder?: string;
    data: { source?: string; timeframe?: string; symbols?: string[]; parts?: NonNullable<Configuration['data']>[] };
    account: { cash: number };
    strategies: unknown[];
}

const speeds = [
    { value: 'fixed:1s', label: 'a bar every second' },
    { value: 'fixed:200ms', label: 'a bar every 0.2 seconds' },
    { value: 'x3600', label: 'an hour in a second' },
    { value: 'realtime', label: 'as fast as the market did' },
    { value: 'asap', label: 'as fast as possible' },
];

/** Explains paper trading of a run; then creates its deployment, if there is none, and starts the session. */
export function PaperDialog(props: Props) {
    const { run } = props;
    const has = run.files.includes('prod.json');
    const configuration = useQuery(has ? `run/${run.id}/prod` : null, () => json<Configuration>(`${runPath(run.id)}/files/prod.json`));
    const deployments = useQuery('deployments', () => take(api.GET('/api/v1/deployments', { params: { query: { limit: 1000 } } })));
    return (
        <Dialog title={`Trade ${run.name} on paper`} onClose={props.onClose}>
            {has ? (
                <Loaded query={configuration} height={260}>
                    {(c) => (
                        <Loaded query={deployments} height={260}>
                            {(d) => <PaperForm {...props} configuration={c} known={d.items.find((e) => e.backtest.run === run.id)} />}
                        </Loaded>
                    )}
                </Loaded>
            ) : (
                <>
                    <p>This run cannot be traded: it has no prod.json. No strategy of it has a weight, or its batch leaves the file out.</p>
                    <div class="actions">
                        <button type="button" onClick={props.onClose}>
                            Back
                        </button>
                    </div>
                </>
            )}
        </Dialog>
    );
}

function PaperForm(props: Props & { configuration: Configuration; known: Schemas['DeploymentEntry'] | undefined }) {
    const { run, configuration: c, known } = props;
    const { route } = useLocation();
    const parts = c.data.parts ?? [c.data];
    const symbols = [...new Set(parts.flatMap((p) => p.symbols ?? []))];
    const failed = Object.entries(run.evidence ?? {}).filter(([, check]) => check.state !== 'passed');
    const [account, setAccount] = useState(c.name.replace(/[^A-Za-z0-9._-]+/g, '-'));
    const [feed, setFeed] = useState(feedOf(c));
    const [from, setFrom] = useState('');
    const [speed, setSpeed] = useState('fixed:1s');
    const [anyway, setAnyway] = useState(false);
    const start = useAction(async () => {
        const body = { run: run.id, configuration: null, why: 'traded on paper from its page' };
        const deployment = known?.number ?? (await take(api.POST('/api/v1/deployments', { body }))).deployment.number;
        const session = await json<Schemas['SessionView']>('/sessions', {
            method: 'POST',
            headers: { 'Content-Type': 'application/json' },
            body: JSON.stringify({
                // Keep it byte for byte: its hash identifies the configuration.
                configuration: await (await send(`/api/v1/deployments/${deployment}/configuration`)).text(),
                deployment,
                account,
                broker: 'paper',
                feed,
                pace: speed,
                ...(from === '' ? {} : { from }),
                withoutEvidence: !run.tradable,
            }),
        });
        route(`/live/${encodeURIComponent(session.id)}`);
    });
    return (
        <form
            onSubmit={(e) => {
                e.preventDefault();
                start.run();
            }}
        >
            <p>No real order is sent. The paper broker fills the orders by the bars of the feed.</p>
            <Pairs
                pairs={[
                    { name: 'Deployment', value: known ? `${known.number}, which is there already` : 'a new one of this run' },
                    { name: 'Trades', value: counted(c.strategies.length, 'strategy', 'strategies') },
                    {
                        name: 'Markets',
                        value: `${symbols.slice(0, 4).join(', ')}${symbols.length > 4 ? ` and ${symbols.length - 4} more` : ''}, bars of ${parts[0]?.timeframe}`,
                    },
                    { name: 'Starts with', value: `${number(c.account.cash)} in cash` },
                ]}
            />
            <TextField
                label="Account"
                value={account}
                onValue={setAccount}
                required
                hint="The portfolio’s name; an account that has traded before continues"
            />
            <div class="row">
                <TextField label="Feed of bars" value={feed} onValue={setFeed} required />
                <SelectField label="Speed of the replay" value={speed} options={speeds} onValue={setSpeed} />
                <TextField
                    label="First bar"
                    value={from}
                    onValue={setFrom}
                    placeholder="2022-06-01"
                    hint="Empty: the feed’s first. Strategies warm up from there"
                />
            </div>
            {!run.tradable && (
                <div class="notice">
                    <p>{failed.length > 0 ? 'The run does not pass its validation checks:' : 'This run has no validation checks.'}</p>
                    <ul>
                        {failed.map(([name, check]) => (
                            <li key={name}>
                                <b>{checkNames[name] ?? name}:</b> <Unbroken>{check.sentence}</Unbroken>
                            </li>
                        ))}
                    </ul>
                    <label class="check">
                        <input type="checkbox" checked={anyway} onChange={(e) => setAnyway(e.currentTarget.checked)} />
                        Trade it on paper anyway; the journal records this
                    </label>
                </div>
            )}
            <Wrong>{start.problem?.message}</Wrong>
            <div class="actions">
                <button type="button" onClick={props.onClose}>
                    Back
                </button>
                <button type="submit" class="primary" disabled={start.busy || (!run.tradable && !anyway)}>
                    Start on paper
                </button>
            </div>
        </form>
    );
}

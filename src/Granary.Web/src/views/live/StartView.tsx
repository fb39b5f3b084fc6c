import { useLocation } from 'preact-iso';
import { useEffect, useState } from 'preact/hooks';
import { can } from '../../api/caller';
import { api, json, take, type Schemas } from '../../api/client';
import { faultAt, serverFaults, type Fault } from '../../api/jsonSchema';
import { asProblem } from '../../api/problem';
import { useQuery } from '../../api/useQuery';
import { useSearch } from '../../api/useSearch';
import { Faults, SelectField, TextField } from '../../components/Field';
import { Empty, Loaded } from '../../components/States';
import { useTitle } from '../../layout/title';
import { feedOf } from './feed';

type Deployment = Schemas['DeploymentEntry'];

interface Configuration {
    name: string;
    folder?: string;
    data: { source: string };
}

/** The keys of the request whose fields show their faults. */
const fields = ['account', 'feed', 'from'];

const speeds = [
    { value: 'fixed:200ms', label: 'a bar every 0.2 seconds' },
    { value: 'fixed:1s', label: 'a bar every second' },
    { value: 'x3600', label: 'an hour in a second' },
    { value: 'realtime', label: 'as fast as the market did' },
    { value: 'asap', label: 'as fast as possible' },
];

/** Starts a session on a deployment: a numbered configuration with the backtest that justified it. */
export default function StartView() {
    useTitle('Start a session');
    const {
        search: { deployment = '' },
        set,
    } = useSearch();
    const deployments = useQuery('deployments', () => take(api.GET('/api/v1/deployments', { params: { query: { limit: 1000 } } })));
    const number = Number(deployment);
    const text = useQuery(deployment === '' ? null : `configuration ${deployment}`, () =>
        json<Configuration>(`/deployments/${number}/configuration`),
    );
    return (
        <>
            <p class="eyebrow">
                <a href="/live">Live</a>
            </p>
            <h1>Start a session</h1>
            <p class="lead">
                A session trades a deployment, which is a run’s configuration with a number. On paper no money moves: orders are filled by
                the bars of the feed.
            </p>
            {!can('admin') ? (
                <Empty title="Your key may not trade">
                    <p>Sessions need a key of the role admin. Choose Key in the header to enter one.</p>
                </Empty>
            ) : (
                <Loaded query={deployments} height={120}>
                    {(page) =>
                        page.items.length === 0 ? (
                            <Empty title="There is no deployment yet">
                                <p>Take a finished run and make it a deployment.</p>
                                <a class="button primary" href="/deployments">
                                    Add a deployment
                                </a>
                            </Empty>
                        ) : (
                            <>
                                <SelectField
                                    label="Deployment"
                                    value={deployment}
                                    options={[
                                        { value: '', label: 'Choose' },
                                        ...page.items.map((d) => ({ value: String(d.number), label: `${d.number}: ${d.name}` })),
                                    ]}
                                    onValue={(v) => set({ deployment: v })}
                                />
                                {deployment !== '' && (
                                    <Loaded query={text} height={300}>
                                        {(c) => (
                                            <Form
                                                key={deployment}
                                                configuration={c}
                                                deployment={page.items.find((d) => d.number === number)}
                                                number={number}
                                            />
                                        )}
                                    </Loaded>
                                )}
                            </>
                        )
                    }
                </Loaded>
            )}
        </>
    );
}

function Form(props: { configuration: Configuration; deployment: Deployment | undefined; number: number }) {
    const { configuration, deployment } = props;
    const { route } = useLocation();
    const [account, setAccount] = useState(configuration.name.replace(/[^A-Za-z0-9._-]+/g, '-'));
    const [broker, setBroker] = useState('paper');
    const [feed, setFeed] = useState(feedOf(configuration));
    const [speed, setSpeed] = useState('fixed:1s');
    const [from, setFrom] = useState('');
    const [anyway, setAnyway] = useState(false);
    const [faults, setFaults] = useState<Fault[]>([]);
    const [busy, setBusy] = useState(false);
    const brokers = useQuery('brokers', () => json<{ name: string; summary: string }[]>('/catalogue/brokers'));
    const failed = deployment?.failedChecks ?? [];
    const sources = useQuery('sources', () => take(api.GET('/api/v1/data/sources')));
    useEffect(() => setFaults([]), [account, broker, feed, speed, from, anyway]);
    const start = async (e: Event) => {
        e.preventDefault();
        setBusy(true);
        try {
            const session = await json<Schemas['SessionView']>('/sessions', {
                method: 'POST',
                headers: { 'Content-Type': 'application/json' },
                body: JSON.stringify({
                    configuration: await rawConfiguration(props.number),
                    deployment: props.number,
                    account,
                    broker,
                    feed,
                    pace: speed,
                    ...(from === '' ? {} : { from }),
                    ...(anyway ? { withoutEvidence: true } : {}),
                }),
            });
            route(`/live/${encodeURIComponent(session.id)}`);
        } catch (fault) {
            setFaults(serverFaults(asProblem(fault).message));
            setBusy(false);
        }
    };
    return (
        <form class="card" onSubmit={(e) => void start(e)}>
            <div class="row">
                <TextField
                    label="Account"
                    value={account}
                    onValue={setAccount}
                    required
                    fault={faultAt(faults, 'account')}
                    hint="Its name in the journal and for its weights"
                />
                <SelectField
                    label="Broker"
                    value={broker}
                    options={(brokers.data ?? [{ name: 'paper', summary: '' }]).map((b) => ({ value: b.name, label: b.name }))}
                    onValue={setBroker}
                    hint={brokers.data?.find((b) => b.name === broker)?.summary}
                />
            </div>
            <div class="row">
                <TextField
                    label="Feed of bars"
                    value={feed}
                    onValue={setFeed}
                    required
                    choices={[...new Set((sources.data ?? []).map((s) => s.source))]}
                    fault={faultAt(faults, 'feed')}
                    hint="store:DIR, csv:DIR or parquet:DIR to replay, ws:EXCHANGE for now"
                />
                <SelectField label="Speed of a replay" value={speed} options={speeds} onValue={setSpeed} />
                <TextField
                    label="First bar"
                    value={from}
                    onValue={setFrom}
                    placeholder="2022-06-01"
                    fault={faultAt(faults, 'from')}
                    hint="Empty: the feed’s first"
                />
            </div>
            {failed.length > 0 && (
                <div class="notice">
                    <p>This configuration does not pass its validation checks:</p>
                    <ul>
                        {failed.map((f) => (
                            <li key={f}>{f}</li>
                        ))}
                    </ul>
                    <label class="check">
                        <input type="checkbox" checked={anyway} onChange={(e) => setAnyway(e.currentTarget.checked)} />
                        Trade it anyway; the journal records this
                    </label>
                </div>
            )}
            <Faults faults={faults.filter((f) => !fields.includes(f.path))} />
            <div class="actions">
                <button type="submit" class="primary" disabled={busy || (failed.length > 0 && !anyway)}>
                    {broker === 'paper' ? 'Start on paper' : `Start at ${broker}`}
                </button>
                {failed.length > 0 && !anyway && <span class="soft">Tick the box to trade without the checks.</span>}
            </div>
        </form>
    );
}

// Keep it byte for byte: its hash identifies the configuration.
async function rawConfiguration(number: number): Promise<string> {
    const { data } = await api.GET('/api/v1/deployments/{number}/configuration', { params: { path: { number } }, parseAs: 'text' });
    return data as unknown as string;
}

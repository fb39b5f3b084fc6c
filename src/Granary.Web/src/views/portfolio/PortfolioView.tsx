import { useRoute } from 'preact-iso';
import { useState } from 'preact/hooks';
import { can } from '../../api/caller';
import { useChanges } from '../../api/changes';
import { api, json, take, type Schemas } from '../../api/client';
import { useQuery } from '../../api/useQuery';
import { useSearch } from '../../api/useSearch';
import { Confirm } from '../../components/Dialog';
import { TextField } from '../../components/Field';
import { Failed, Loading } from '../../components/States';
import { Tabs } from '../../components/Tabs';
import { counted, number } from '../../format/numbers';
import { time } from '../../format/times';
import { useTitle } from '../../layout/title';
import { Limits } from '../live/Limits';
import { Changes } from './Changes';
import { Editor } from './Editor';
import { differences, historyOf, rollBack, type Weights } from './weights';
import './portfolio.css';

const tabs = [
    { id: '', title: 'Weights' },
    { id: 'history', title: 'History' },
    { id: 'limits', title: 'Limits' },
];

const none = {};

/** The weights of a portfolio: edit, history, and the limits that its account uses. */
export default function PortfolioView() {
    const { params } = useRoute();
    const id = params.id ?? '';
    useTitle(`Portfolio ${id}`);
    const {
        search: { tab = '', run = '' },
        set,
    } = useSearch();
    const history = useQuery(`weights ${id}`, () => historyOf(id));
    const current = history.data === undefined ? undefined : (history.data[0] ?? null);
    const session = useQuery(`portfolio session ${id}`, async () => {
        const all = await json<Schemas['SessionView'][]>('/sessions');
        return all.find((s) => s.id === id) ?? null;
    });
    // Without a version, and for strategies that a version does not name, the weights of the configuration are in force.
    const inForce = useQuery(session.data ? `weights in force ${id} ${session.data.status?.weightsVersion}` : null, async () => {
        const answer = await take(api.GET('/api/v1/sessions/{id}/configuration', { params: { path: { id } } }));
        return Object.fromEntries(answer.strategies.map((s) => [s.id, s.weight]));
    });
    useChanges(['weights'], history.reload);
    useChanges(['session'], session.reload);
    return (
        <>
            <p class="eyebrow">
                <a href="/portfolio">Portfolios</a>
            </p>
            <h1>{id}</h1>
            <p class="note">
                {current
                    ? `Version ${number(current.version)}, set ${time(current.at)} by ${current.who}${current.why ? `: ${current.why}` : ''}.`
                    : 'No weights have been set yet; a session uses those of its configuration.'}
                {session.data && (
                    <>
                        {' '}
                        <a href={`/live/${encodeURIComponent(id)}`}>Its session</a>{' '}
                        {session.data.status?.weightsVersion
                            ? `uses version ${number(session.data.status.weightsVersion)}.`
                            : 'uses the weights of its configuration.'}
                    </>
                )}
            </p>
            <Tabs label="Parts of the portfolio" tabs={tabs} shown={tab} />
            {tab === 'history' ? (
                <History id={id} current={current ?? null} versions={history.data ?? []} onChanged={history.reload} />
            ) : tab === 'limits' ? (
                session.data ? (
                    <Limits session={session.data} />
                ) : (
                    <p class="soft">No session trades this portfolio. A session shows how much of its limits its account uses.</p>
                )
            ) : current === undefined ? (
                history.problem ? (
                    <Failed problem={history.problem} retry={history.reload} />
                ) : (
                    <Loading />
                )
            ) : (
                <Editor
                    id={id}
                    newest={current}
                    inForce={inForce.data ?? none}
                    run={run}
                    onRun={(r) => set({ run: r })}
                    onSaved={history.reload}
                />
            )}
        </>
    );
}

function History(props: { id: string; current: Weights | null; versions: readonly Weights[]; onChanged: () => void }) {
    const { current, versions } = props;
    const [chosen, setChosen] = useState<Weights>();
    if (versions.length === 0) return <p class="soft">No weights have been set yet.</p>;
    return (
        <>
            <ol class="versions">
                {versions.map((v, i) => (
                    <li key={v.version}>
                        <p>
                            <b>Version {number(v.version)}</b>{' '}
                            <span class="soft">
                                {time(v.at)} by {v.who}
                            </span>
                            {v.version === current?.version && ' · in force'}
                        </p>
                        {v.why && <p>{v.why}</p>}
                        <details>
                            <summary>{counted(differences(versions[i + 1]?.weights ?? {}, v.weights).length, 'change')}</summary>
                            <Changes
                                changes={differences(versions[i + 1]?.weights ?? {}, v.weights)}
                                label={`Changes of version ${v.version}`}
                            />
                        </details>
                        {can('admin') && v.version !== current?.version && (
                            <button type="button" class="plain" onClick={() => setChosen(v)}>
                                Roll back to version {number(v.version)}
                            </button>
                        )}
                    </li>
                ))}
            </ol>
            {chosen && current && (
                <RollBack id={props.id} current={current} version={chosen} onClose={() => setChosen(undefined)} onDone={props.onChanged} />
            )}
        </>
    );
}

function RollBack(props: { id: string; current: Weights; version: Weights; onClose: () => void; onDone: () => void }) {
    const [why, setWhy] = useState('');
    return (
        <Confirm
            title={`Roll back to version ${props.version.version}`}
            action="Roll back"
            onClose={props.onClose}
            onConfirm={async () => {
                await rollBack(props.id, props.current.version, props.version.version, why);
                props.onDone();
            }}
        >
            <Changes changes={differences(props.current.weights, props.version.weights)} label="What would change" />
            <TextField label="Reason, for the history" value={why} onValue={setWhy} />
        </Confirm>
    );
}

import { useState } from 'preact/hooks';
import { can } from '../../api/caller';
import { api, json, take, type Schemas } from '../../api/client';
import { useAction } from '../../api/useAction';
import { useQuery } from '../../api/useQuery';
import { Badge } from '../../components/Badge';
import { Confirm } from '../../components/Dialog';
import { TextField } from '../../components/Field';
import { ShortTable } from '../../components/ShortTable';
import { Empty, Loaded } from '../../components/States';
import { Wrong } from '../../components/Wrong';
import { counted, number } from '../../format/numbers';
import { time } from '../../format/times';
import { useTitle } from '../../layout/title';
import { Deliveries } from './Deliveries';
import { RemoveDialog, RuleDialog } from './RuleDialog';
import { conditionOf, kindOf, limitOf, reset, type Rule, type State } from './rules';

/** The rules of notifications, the channels that they use, and what was delivered. */
export default function AlertsView() {
    useTitle('Alerts');
    const state = useQuery('notifications', () => take(api.GET('/api/v1/notifications')), 5000);
    return (
        <>
            <h1>Alerts</h1>
            <p class="lead">Granary sends a message by e-mail, to a chat or to a program when a rule applies to a session or a job.</p>
            <Loaded query={state} height={420}>
                {(s) =>
                    s.configured ? (
                        <Shown state={s} onChanged={state.reload} />
                    ) : (
                        <Empty title="This server sends no alerts">
                            <p>
                                Start it with --notifications FILE: a file with channels (e-mail, Telegram, Discord, Slack, webhooks) and
                                where their secrets are. Rules can then be changed here.
                            </p>
                        </Empty>
                    )
                }
            </Loaded>
        </>
    );
}

type Asked = { kind: 'add' } | { kind: 'change' | 'remove'; rule: Rule } | { kind: 'reset' };

function Shown(props: { state: State; onChanged: () => void }) {
    const { state, onChanged } = props;
    const [asked, setAsked] = useState<Asked>();
    const sessions = useQuery('sessions', () => json<Schemas['SessionView'][]>('/sessions'));
    const close = () => setAsked(undefined);
    const dialog = { state, accounts: (sessions.data ?? []).map((s) => s.id), onChanged, onClose: close };
    return (
        <>
            <h2>Rules</h2>
            <p class="note">
                {state.change
                    ? `Version ${number(state.version)}, changed ${time(state.change.at)} by ${state.change.who}${state.change.why === '' ? '' : `: ${state.change.why}`}.`
                    : 'The rules are those of the file that the server was started with.'}{' '}
                A change is in force within five seconds, on all servers of a cluster.
            </p>
            {can('admin') && (
                <div class="actions">
                    <button type="button" class="primary" disabled={state.channels.length === 0} onClick={() => setAsked({ kind: 'add' })}>
                        Add a rule
                    </button>
                    {state.change && (
                        <button type="button" onClick={() => setAsked({ kind: 'reset' })}>
                            Back to the rules of the file
                        </button>
                    )}
                </div>
            )}
            <Rules
                state={state}
                onChange={(rule) => setAsked({ kind: 'change', rule })}
                onRemove={(rule) => setAsked({ kind: 'remove', rule })}
            />
            <h2>Channels</h2>
            <Channels state={state} />
            <h2>Deliveries</h2>
            <Deliveries />
            {asked?.kind === 'add' && <RuleDialog {...dialog} rule={undefined} />}
            {asked?.kind === 'change' && <RuleDialog {...dialog} rule={asked.rule} />}
            {asked?.kind === 'remove' && <RemoveDialog {...dialog} rule={asked.rule} />}
            {asked?.kind === 'reset' && <Reset state={state} onChanged={onChanged} onClose={close} />}
        </>
    );
}

function Rules(props: { state: State; onChange: (rule: Rule) => void; onRemove: (rule: Rule) => void }) {
    const { state } = props;
    const known = state.channels.map((c) => c.name);
    return (
        <ShortTable
            label="Rules"
            rows={state.rules}
            empty="There is no rule, so nothing is sent."
            columns={[
                { title: 'When', prose: true, cell: (r) => conditionOf(state, r) },
                { title: 'Account', cell: (r) => r.account ?? 'all' },
                { title: 'Sent', cell: (r) => (r.every == null ? 'at once' : `every ${r.every}`) },
                {
                    title: 'Channels',
                    cell: (r) => r.to.map((t, i) => [i > 0 && ', ', known.includes(t) ? t : <Badge kind="no">{t} is missing</Badge>]),
                },
                ...(can('admin')
                    ? [
                          {
                              title: 'Action',
                              nowrap: true,
                              cell: (r: Rule) => (
                                  <>
                                      <button
                                          type="button"
                                          class="plain"
                                          aria-label={`Change: ${conditionOf(state, r)}`}
                                          onClick={() => props.onChange(r)}
                                      >
                                          Change
                                      </button>
                                      <button
                                          type="button"
                                          class="plain"
                                          aria-label={`Remove: ${conditionOf(state, r)}`}
                                          onClick={() => props.onRemove(r)}
                                      >
                                          Remove
                                      </button>
                                  </>
                              ),
                          },
                      ]
                    : []),
            ]}
        />
    );
}

// Addresses and secrets stay in the file of the operator.
function Channels(props: { state: State }) {
    const { channels, rules } = props.state;
    const [results, setResults] = useState<Schemas['TestDelivery'][]>([]);
    const { run, busy, problem } = useAction(async (to: string | null) => {
        setResults([]);
        setResults([...(await take(api.POST('/api/v1/notifications/test', { body: { to } })))]);
    });
    return (
        <>
            <ShortTable
                label="Channels"
                rows={channels}
                empty="The file of the server names no channel."
                columns={[
                    { title: 'Name', cell: (c) => c.name },
                    { title: 'Kind', cell: (c) => kindOf(c.kind) },
                    { title: 'Host', cell: (c) => c.host },
                    { title: 'Limit', prose: true, cell: limitOf },
                    { title: 'Used by', cell: (c) => counted(rules.filter((r) => r.to.includes(c.name)).length, 'rule') },
                    ...(can('admin')
                        ? [
                              {
                                  title: 'Action',
                                  cell: (c: Schemas['ChannelEntry']) => (
                                      <button
                                          type="button"
                                          class="plain"
                                          disabled={busy}
                                          aria-label={`Send a test to ${c.name}`}
                                          onClick={() => run(c.name)}
                                      >
                                          Send a test
                                      </button>
                                  ),
                              },
                          ]
                        : []),
                ]}
            />
            <Wrong>{problem?.message}</Wrong>
            <div role="status">
                {results.map((r) => (
                    <p key={r.to} class={r.delivered ? 'notice calm' : 'notice wrong'}>
                        {r.delivered ? `${r.to} took the test: ${r.answer}.` : `${r.to} did not take the test: ${r.fault}.`}
                    </p>
                ))}
            </div>
        </>
    );
}

function Reset(props: { state: State; onChanged: () => void; onClose: () => void }) {
    const [why, setWhy] = useState('');
    return (
        <Confirm
            title="Back to the rules of the file"
            action="Use the rules of the file"
            onClose={props.onClose}
            onConfirm={async () => {
                await reset(props.state, why);
                props.onChanged();
            }}
        >
            <p>The rules that were changed here are replaced by those of the file that the server was started with.</p>
            <TextField label="Reason, for the audit log" value={why} onValue={setWhy} />
        </Confirm>
    );
}

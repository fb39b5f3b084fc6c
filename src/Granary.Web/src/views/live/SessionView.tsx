import { useRoute } from 'preact-iso';
import { useCallback, useState } from 'preact/hooks';
import { can } from '../../api/caller';
import { api, json, take, type Schemas } from '../../api/client';
import { useEvents } from '../../api/useEvents';
import { useQuery } from '../../api/useQuery';
import { useSearch } from '../../api/useSearch';
import { Badge } from '../../components/Badge';
import { Figures } from '../../components/Figures';
import { Loaded } from '../../components/States';
import { Tabs } from '../../components/Tabs';
import { Wrong } from '../../components/Wrong';
import { number, signedMoney, signedPercent, tone } from '../../format/numbers';
import { duration, time } from '../../format/times';
import { useTitle } from '../../layout/title';
import { loadRun } from '../runs/run';
import { Commands } from './Commands';
import { Limits } from './Limits';
import { Profit } from './Profit';
import { AgainstBacktest } from './AgainstBacktest';
import { Signals } from './Signals';
import { StateBadge, stateOf } from './StateBadge';
import { Trades } from './Trades';
import './live.css';

type Session = Schemas['SessionView'];

const tabs = [
    { id: '', title: 'Trades and orders' },
    { id: 'profit', title: 'Profit' },
    { id: 'limits', title: 'Limits' },
    { id: 'signals', title: 'Signals' },
    { id: 'promised', title: 'Against the backtest' },
    { id: 'log', title: 'Log' },
];

/** One live session, brought up to date by the server's events. */
export default function SessionView() {
    const { params } = useRoute();
    const id = params.id ?? '';
    const { tab = '' } = useSearch().search;
    const path = `/sessions/${encodeURIComponent(id)}`;
    const loaded = useQuery(`session ${id}`, () => json<Session>(path));
    const [event, setEvent] = useState<Session>();
    const { connected } = useEvents(path + '/events', (e) => setEvent(JSON.parse(e.data) as Session));
    const show = useCallback((s: Session) => setEvent(s), []);
    const session = event?.id === id ? event : loaded.data;
    useExchangeZones(id);
    useTitle(session ? `${id}: ${stateOf(session).text}` : id);
    return (
        <>
            <p class="eyebrow">
                <a href="/live">Live</a>
            </p>
            <Loaded query={{ ...loaded, data: session }} height={420}>
                {(s) => (
                    <>
                        <h1>
                            {s.id} <StateBadge session={s} />
                        </h1>
                        <p class="note">
                            Started <span class="nowrap">{time(s.startedAt)}</span> by {s.startedBy}
                            {s.restarts > 0 &&
                                `; came back ${s.restarts === 1 ? 'once' : `${number(s.restarts)} times`} from an interruption`}
                            {s.phase === 'running' && !connected && (
                                <>
                                    {' '}
                                    <Badge kind="no">Connection lost; figures are of {time(s.status?.instant)} market time</Badge>
                                </>
                            )}
                        </p>
                        <Warnings session={s} />
                        {can('admin') && s.phase === 'running' && <Commands session={s} onDone={show} />}
                        <Headline session={s} />
                        <Tabs label="Parts of the session" tabs={tabs} shown={tab} />
                        <Part session={s} tab={tab} onDone={show} />
                    </>
                )}
            </Loaded>
        </>
    );
}

// The manifest of the deployment's run has the time zone of each market.
function useExchangeZones(account: string): void {
    useQuery(`zones ${account}`, async () => {
        const all = await take(api.GET('/api/v1/deployments'));
        const run = all.items.find((d) => d.lastAccount === account)?.backtest.run;
        return run ? (await loadRun(run)).id : null;
    });
}

function Part(props: { session: Session; tab: string; onDone: (session: Session) => void }) {
    const { session, tab } = props;
    switch (tab) {
        case 'profit':
            return <Profit session={session} />;
        case 'limits':
            return <Limits session={session} />;
        case 'signals':
            return <Signals session={session} />;
        case 'promised':
            return <AgainstBacktest session={session} />;
        case 'log':
            return <Log session={session} />;
        default:
            return <Trades session={session} onDone={props.onDone} />;
    }
}

function Warnings(props: { session: Session }) {
    const { session } = props;
    const { status } = session;
    const faults = [
        session.fault &&
            `${session.phase === 'failed' ? 'The session failed' : session.phase === 'done' ? 'The session is over' : 'The session was interrupted'}: ${session.fault}`,
        status?.journalFault && `The journal cannot be written: ${status.journalFault}. The session sends nothing until it can.`,
        status?.venueFault && `The broker does not answer: ${status.venueFault}. The session asks again.`,
        status?.feedFault && `The feed brings no bars: ${status.feedFault}. The session waits.`,
        status?.account.blocked?.length &&
            `Entries are blocked in ${status.account.blocked.join(', ')}, since books and broker differ; resume allows them again.`,
    ].filter((f): f is string => typeof f === 'string' && f !== '');
    return (
        <>
            {faults.map((f) => (
                <Wrong key={f}>{f}</Wrong>
            ))}
            {status?.commandFault && <p class="notice">{status.commandFault}</p>}
            {status?.warmingUp && session.phase === 'running' && (
                <p class="notice">
                    Warming up: the slowest of {status.warmingUp.strategies} strategies has had {status.warmingUp.bars} of{' '}
                    {status.warmingUp.needed} bars. They make no signals before their factors have values.
                </p>
            )}
            {status?.state === 'paused' && session.phase === 'running' && (
                <p class="notice">Entries are paused. Exits, stops and targets go on; resume allows entries again.</p>
            )}
        </>
    );
}

function Headline(props: { session: Session }) {
    const { status } = props.session;
    const account = status?.account;
    if (!status) return <p class="notice calm">The session has not seen a bar yet.</p>;
    const open = (account?.trades ?? []).reduce((s, t) => s + (t.profit ?? 0), 0);
    const today = account?.days?.at(-1);
    const start = account?.startingCash;
    const gain = start === undefined ? null : status.accountEquity - start;
    return (
        <Figures
            figures={[
                { name: 'Equity', value: number(status.accountEquity, 2), note: `cash ${number(status.accountCash, 2)}` },
                {
                    name: 'Since the start',
                    value: signedMoney(gain),
                    tone: tone(gain),
                    note: gain !== null && start ? `${signedPercent(gain / start)} of ${number(start, 0)}` : undefined,
                },
                {
                    name: 'Open profit',
                    value: signedMoney(open),
                    tone: tone(open),
                    note: `${number(status.openTrades)} ${status.openTrades === 1 ? 'trade' : 'trades'}, before fees`,
                },
                {
                    name: today ? `On ${today.from}` : 'Today',
                    value: signedMoney(today?.profit),
                    tone: tone(today?.profit),
                    note: 'UTC day of the last bar',
                },
                {
                    name: 'Feed',
                    value: account?.feedLag == null ? time(status.instant).slice(11) : duration(account.feedLag),
                    note: account?.feedLag == null ? `market time, ${time(status.instant).slice(0, 10)}` : 'behind the last close',
                },
                {
                    name: 'Journal',
                    value: status.journalFault ? 'Away' : 'Written',
                    tone: status.journalFault ? 'loss' : '',
                    note: `${number(status.fills)} fills, ${number(status.rejected)} rejected, ${number(status.unknown)} unknown`,
                },
            ]}
        />
    );
}

function Log(props: { session: Session }) {
    const notes = props.session.status?.notes ?? [];
    return (
        <>
            {notes.length === 0 ? (
                <p class="soft">The session has no notes.</p>
            ) : (
                <ul class="notes">
                    {[...notes].reverse().map((n, i) => (
                        <li key={`${i} ${n}`}>{n}</li>
                    ))}
                </ul>
            )}
            <p class="note">The newest 20 notes, the newest first. session.log in the run’s folder has each decision and transition.</p>
        </>
    );
}

import { useRoute } from 'preact-iso';
import { useCallback, useState } from 'preact/hooks';
import { can } from '../../api/caller';
import { api, json, take, type Schemas } from '../../api/client';
import { useQuery, useRepeated } from '../../api/useQuery';
import { useSearch } from '../../api/useSearch';
import { Badge } from '../../components/Badge';
import { Figures } from '../../components/Figures';
import { Loaded } from '../../components/States';
import { Tabs } from '../../components/Tabs';
import { Wrong } from '../../components/Wrong';
import { counted, number, signedMoney, signedPercent, tone } from '../../format/numbers';
import { duration, time } from '../../format/times';
import { useTitle } from '../../layout/title';
import { loadRun } from '../runs/run';
import { AgainstBacktest } from './AgainstBacktest';
import { WarmUp } from './WarmUp';
import { Commands } from './Commands';
import { Configuration } from './Configuration';
import { useConfiguration } from './configuration';
import { Equity } from './Equity';
import { Events } from './Events';
import { Limits } from './Limits';
import { Price } from './Price';
import { isRunning, StateBadge, stateOf, versionOf } from './StateBadge';
import { Strategies } from './Strategies';
import { Trades } from './Trades';
import './live.css';

type Session = Schemas['SessionView'];

const tabs = [
    { id: '', title: 'Desk' },
    { id: 'limits', title: 'Limits' },
    { id: 'promised', title: 'Against the backtest' },
    { id: 'configuration', title: 'Configuration' },
];

/** The open of the last bar, by which all else of a session is dated; a daily bar has the date of its trading day. */
const lastBar = (session: Session) => session.status?.account.curve.times.at(-1) ?? session.status?.instant;

/** One live session, updated by the server's events. */
export default function SessionView() {
    const { params } = useRoute();
    const id = params.id ?? '';
    const { tab = '' } = useSearch().search;
    const path = `/sessions/${encodeURIComponent(id)}`;
    const loaded = useQuery(`session ${id}`, () => json<Session>(path));
    const session = loaded.data;
    useRepeated(loaded, session === undefined || isRunning(session));
    useExchangeZones(id);
    useTitle(session ? `${id}: ${stateOf(session).text}` : id);
    return (
        <Loaded query={loaded} height={420} title={id}>
            {(s) => (
                <>
                    <header class="session">
                        <h1>
                            {s.id} <StateBadge session={s} />
                        </h1>
                        <Headline session={s} />
                    </header>
                    <div class="bar">
                        <Tabs label="Parts of the session" tabs={tabs} shown={tab} />
                        {can('admin') && isRunning(s) && <Commands session={s} onDone={loaded.reload} />}
                    </div>
                    {isRunning(s) && loaded.problem && (
                        <p class="note">
                            <Badge kind="no">Connection lost; figures are of {time(lastBar(s))} market time</Badge>
                        </p>
                    )}
                    <Warnings session={s} />
                    <Part session={s} tab={tab} onDone={loaded.reload} />
                    <p class="note">
                        Started <span class="nowrap">{time(s.startedAt)}</span> by {s.startedBy}
                        {s.restarts > 0 && `; came back ${s.restarts === 1 ? 'once' : `${number(s.restarts)} times`} from an interruption`}.
                        {s.run !== '' && !isRunning(s) && <a href={`/runs/${encodeURIComponent(s.run)}`}> The run of the session</a>}
                    </p>
                </>
            )}
        </Loaded>
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

const noSymbols: string[] = [];

function Part(props: { session: Session; tab: string; onDone: (session: Session) => void }) {
    const { session, tab } = props;
    const { id } = session;
    const [goTo, setGoTo] = useState<{ time: number }>();
    const configuration = useConfiguration(session);
    const { search, set } = useSearch();
    const show = useCallback(
        (to: { symbol: string; time: number }) => {
            set({ symbol: to.symbol });
            setGoTo(to);
        },
        [set],
    );
    const symbols = configuration.data?.symbols ?? noSymbols;
    const version = versionOf(session);
    const done = (s: Session) => {
        configuration.reload();
        props.onDone(s);
    };
    switch (tab) {
        case 'limits':
            return <Limits session={session} />;
        case 'promised':
            return <AgainstBacktest session={session} />;
        case 'configuration':
            return <Loaded query={configuration}>{(c) => <Configuration session={session} configuration={c} onDone={done} />}</Loaded>;
        default:
            return (
                <>
                    <Loaded query={configuration} height={430}>
                        {(c) => (
                            <Price
                                session={session}
                                configuration={c}
                                goTo={goTo}
                                symbol={search.symbol}
                                onSymbol={(symbol) => set({ symbol })}
                            />
                        )}
                    </Loaded>
                    <Equity session={session} />
                    <Trades session={session} symbols={symbols} version={version} onDone={props.onDone} onShow={show} />
                    <h2>Strategies</h2>
                    <Loaded query={configuration} height={260}>
                        {(c) => <Strategies session={session} members={c.strategies} height={330} onDone={done} />}
                    </Loaded>
                    <Events id={id} symbols={symbols} version={version} />
                </>
            );
    }
}

function Warnings(props: { session: Session }) {
    const { session } = props;
    const { status } = session;
    const faults = [
        session.fault &&
            `${session.phase === 'failed' ? 'The session failed' : session.phase === 'done' ? 'The session has ended' : 'The session was interrupted'}: ${session.fault}`,
        status?.journalFault &&
            `The journal cannot be written: ${status.journalFault}. The session sends no orders until it can be written.`,
        status?.venueFault && `The broker does not answer: ${status.venueFault}. The session retries.`,
        status?.feedFault && `The feed delivers no bars: ${status.feedFault}. The session waits.`,
        status?.account.blocked?.length &&
            `Entries are blocked in ${status.account.blocked.join(', ')}, because books and broker differ; resume allows them again.`,
    ].filter((f): f is string => typeof f === 'string' && f !== '');
    return (
        <>
            {faults.map((f) => (
                <Wrong key={f}>{f}</Wrong>
            ))}
            {status?.commandFault && <p class="notice">{status.commandFault}</p>}
            {status?.warmingUp && isRunning(session) && <WarmUp progress={status.warmingUp} all={status.strategies} />}
            {status && status.stopped > 0 && isRunning(session) && (
                <p class="notice">
                    Entries of {counted(status.stopped, 'strategy', 'strategies')} are stopped; their exits, stops and targets remain
                    active. The list of strategies says who stopped them and why.
                </p>
            )}
            {status?.state === 'paused' && isRunning(session) && (
                <p class="notice">Entries are paused. Exits, stops and targets remain active; resume allows entries again.</p>
            )}
        </>
    );
}

// By the clock of the server.
const sinceLastBar = (status: NonNullable<Session['status']>) =>
    status.account.lastBarAt == null ? null : Math.max(0, (Date.parse(status.seenAt) - Date.parse(status.account.lastBarAt)) / 1000);

/** The figures of a session. */
export function Headline(props: { session: Session }) {
    const { status } = props.session;
    const account = status?.account;
    if (!status || !account) return <p class="soft">The session has not received a bar yet.</p>;
    const open = account.trades.reduce((s, t) => s + (t.profit ?? 0), 0);
    const today = account.days.at(-1);
    const gain = status.accountEquity - account.startingCash;
    const most = account.limits.find((l) => l.limit === 'maxGrossPercent')?.allowed;
    const positions = Object.keys(status.positions).length;
    return (
        <Figures
            compact
            figures={[
                {
                    name: account.currency ? `Equity, ${account.currency}` : 'Equity',
                    value: number(status.accountEquity, 2),
                    note: `${signedPercent(gain / account.startingCash)} since the start`,
                },
                {
                    name: today?.from ?? 'Today',
                    value: signedMoney(today?.profit),
                    tone: tone(today?.profit),
                    note: 'UTC day of the last bar',
                },
                { name: 'Open profit', value: signedMoney(open), tone: tone(open), note: 'before fees' },
                { name: 'Positions', value: number(positions), note: counted(status.openTrades, 'open trade') },
                {
                    name: 'Exposure',
                    value: `${number(account.grossPercent, 1)}%${most === undefined ? '' : ` of ${number(most)}%`}`,
                    tone: most !== undefined && account.grossPercent > most ? 'loss' : '',
                    note: 'All positions in percent of the equity, and the limit of the configuration',
                },
                {
                    name: 'Feed lag',
                    value: duration(account.feedLag ?? sinceLastBar(status)),
                    note:
                        account.feedLag == null ? `since the replay's last bar, ${time(lastBar(props.session))}` : 'behind the last close',
                },
                {
                    name: 'Journal',
                    value: status.journalFault ? 'Away' : 'Written',
                    tone: status.journalFault ? 'loss' : '',
                    note: `${counted(status.fills, 'fill')}, ${number(status.rejected)} rejected`,
                },
            ]}
        />
    );
}

import { useMemo, useState } from 'preact/hooks';
import type { Schemas } from '../../api/client';
import { useSearch } from '../../api/useSearch';
import { Badge } from '../../components/Badge';
import type { ListField } from '../../components/listFilter';
import { ServerList } from '../../components/ServerList';
import { StrategyName } from '../../components/StrategyName';
import type { Column } from '../../components/Table';
import { counted } from '../../format/numbers';
import { time } from '../../format/times';
import { whyPath } from '../why/address';

type Entry = Schemas['SessionLogEntry'];
type Kind = Entry['kind'];

const kinds: Record<Kind, { title: string; badge?: 'yes' | 'no' | 'wait' }> = {
    fill: { title: 'Fills', badge: 'yes' },
    signal: { title: 'Signals' },
    refusal: { title: 'Refusals', badge: 'no' },
    model: { title: 'Models' },
    operator: { title: 'Operator', badge: 'wait' },
    session: { title: 'Session' },
};

// A fill of an entry was decided at the close of the bar before it; all else at the bar of the event.
const whyOf = (session: string, e: Entry) =>
    !e.strategy || !e.symbol || !['fill', 'signal', 'refusal'].includes(e.kind)
        ? undefined
        : whyPath({
              session,
              strategy: e.strategy,
              symbol: e.symbol,
              at: e.time ?? '',
              ...(e.kind === 'fill' && e.role === 'entry' ? { step: -1 } : {}),
          });

const columnsOf = (session: string): Column<Entry>[] => [
    { id: 'time', title: 'Time', width: 150, value: (e) => e.time, cell: (e) => time(e.time, e.symbol ?? undefined) },
    { id: 'kind', title: 'Kind', width: 100, value: (e) => e.kind, cell: (e) => <KindBadge kind={e.kind} /> },
    { id: 'symbol', title: 'Symbol', width: 100, value: (e) => e.symbol, cell: (e) => e.symbol ?? '' },
    {
        id: 'why',
        title: 'Why',
        width: 70,
        cell: (e) => {
            const path = whyOf(session, e);
            return (
                path && (
                    <a href={path} aria-label={`Why: ${e.text}?`}>
                        Why?
                    </a>
                )
            );
        },
    },
    { id: 'text', title: 'Event', width: 520, value: (e) => e.text, cell: (e) => <span title={e.text}>{e.text}</span> },
    { id: 'side', title: 'Side', width: 60, value: (e) => e.side, cell: (e) => e.side ?? '' },
    { id: 'reason', title: 'Reason', width: 120, value: (e) => e.reason, cell: (e) => e.reason ?? '' },
    {
        id: 'strategy',
        title: 'Strategy',
        width: 260,
        value: (e) => e.strategy,
        cell: (e) => (e.strategy ? <StrategyName id={e.strategy} /> : ''),
    },
];

function KindBadge(props: { kind: Kind }) {
    const { badge } = kinds[props.kind];
    return badge ? <Badge kind={badge}>{props.kind}</Badge> : <Badge>{props.kind}</Badge>;
}

const fieldsOf = (symbols: readonly string[]): ListField[] => [
    { key: 'symbol', title: 'Symbol', choices: symbols.length > 30 || symbols.length === 0 ? undefined : symbols },
    { key: 'side', title: 'Side', choices: ['buy', 'sell'] },
    { key: 'reason', title: 'Reason' },
    { key: 'strategy', title: 'Strategy' },
    { key: 'text', title: 'Text' },
];

/** Fills, signals, refusals, models, commands and states of a session, newest first. */
export function Events(props: { id: string; symbols?: readonly string[]; version: string; height?: number }) {
    const address = useSearch();
    // A panel stands beside others, and each has its own choice.
    const [own, setOwn] = useState('');
    const isPanel = props.height !== undefined;
    const kind = ((isPanel ? own : address.search.events) ?? '') as Kind | '';
    const setKind = (events: Kind | '') => (isPanel ? setOwn(events) : address.set({ events }));
    const columns = useMemo(() => columnsOf(props.id), [props.id]);
    const fields = useMemo(() => fieldsOf(props.symbols ?? []), [props.symbols]);
    return (
        <>
            <div class="actions">
                <h2>Events</h2>
                <span class="tools" role="group" aria-label="Kind of events">
                    <button type="button" aria-pressed={kind === ''} onClick={() => setKind('')}>
                        All
                    </button>
                    {(Object.keys(kinds) as Kind[]).map((k) => (
                        <button key={k} type="button" aria-pressed={kind === k} onClick={() => setKind(k)}>
                            {kinds[k].title}
                        </button>
                    ))}
                </span>
            </div>
            <ServerList
                name="events"
                label="Events"
                path={`/sessions/${encodeURIComponent(props.id)}/log`}
                query={kind === '' ? undefined : { kind }}
                columns={columns}
                fields={fields}
                date="time"
                sort="-sequence"
                note={(total) => `${counted(total, 'event')}.`}
                empty="No such event has happened yet."
                hint="price>100, text~stop"
                height={props.height ?? 360}
                file={`${props.id}-events`}
                version={props.version}
                isPanel={isPanel}
            />
        </>
    );
}

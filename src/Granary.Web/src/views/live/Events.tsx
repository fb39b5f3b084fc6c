import { useMemo, useState } from 'preact/hooks';
import { api, take, type Schemas } from '../../api/client';
import { useQuery, useVersion } from '../../api/useQuery';
import { Badge } from '../../components/Badge';
import { Loaded } from '../../components/States';
import { StrategyName } from '../../components/StrategyName';
import { DataTable, type Column } from '../../components/Table';
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
              at: e.timestamp ?? '',
              ...(e.kind === 'fill' && e.role === 'entry' ? { step: -1 } : {}),
          });

const columnsOf = (session: string): Column<Entry>[] => [
    { id: 'time', title: 'Time', width: 150, value: (e) => e.sequence, cell: (e) => time(e.timestamp, e.symbol || undefined) },
    { id: 'kind', title: 'Kind', width: 100, value: (e) => e.kind, cell: (e) => <KindBadge kind={e.kind} /> },
    { id: 'symbol', title: 'Symbol', width: 100, value: (e) => e.symbol, cell: (e) => e.symbol },
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
    { id: 'text', title: 'Event', width: 520, cell: (e) => <span title={e.text}>{e.text}</span> },
    { id: 'strategy', title: 'Strategy', width: 260, value: (e) => e.strategy, cell: (e) => <StrategyName id={e.strategy} /> },
];

function KindBadge(props: { kind: Kind }) {
    const { badge } = kinds[props.kind];
    return badge ? <Badge kind={badge}>{props.kind}</Badge> : <Badge>{props.kind}</Badge>;
}

/** Fills, signals, refusals, models, commands and states of a session, newest first. */
export function Events(props: { id: string; version: number; height?: number }) {
    const [kind, setKind] = useState<Kind>();
    const height = props.height ?? 360;
    const log = useQuery(`log ${props.id} ${kind ?? ''}`, () =>
        take(api.GET('/api/v1/sessions/{id}/log', { params: { path: { id: props.id }, query: kind ? { kind } : {} } })),
    );
    useVersion(log, props.version);
    const columns = useMemo(() => columnsOf(props.id), [props.id]);
    return (
        <>
            <div class="actions">
                <h2>Events</h2>
                <span class="tools" role="group" aria-label="Kind of events">
                    <button type="button" aria-pressed={!kind} onClick={() => setKind(undefined)}>
                        All
                    </button>
                    {(Object.keys(kinds) as Kind[]).map((k) => (
                        <button key={k} type="button" aria-pressed={kind === k} onClick={() => setKind(k)}>
                            {kinds[k].title}
                        </button>
                    ))}
                </span>
            </div>
            <Loaded query={log} height={height}>
                {(entries) =>
                    entries.length === 0 ? (
                        <p class="soft">No event of this kind has happened yet.</p>
                    ) : (
                        <DataTable label="Events" rows={entries} columns={columns} id={(e) => String(e.sequence)} height={height} />
                    )
                }
            </Loaded>
        </>
    );
}

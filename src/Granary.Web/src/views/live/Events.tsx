import { useCallback, useMemo, useRef, useState } from 'preact/hooks';
import { json, type Schemas } from '../../api/client';
import { asProblem, type Problem } from '../../api/problem';
import { useQuery, useVersion } from '../../api/useQuery';
import { useSearch } from '../../api/useSearch';
import { Badge } from '../../components/Badge';
import { chosenColumns, ColumnMenu } from '../../components/ColumnMenu';
import { TextField } from '../../components/Field';
import { saveRows } from '../../components/saveRows';
import { Failed, Loaded } from '../../components/States';
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
    { id: 'time', title: 'Time', width: 150, value: (e) => e.timestamp ?? '', cell: (e) => time(e.timestamp, e.symbol || undefined) },
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
    { id: 'text', title: 'Event', width: 520, value: (e) => e.text, cell: (e) => <span title={e.text}>{e.text}</span> },
    { id: 'strategy', title: 'Strategy', width: 260, value: (e) => e.strategy, cell: (e) => <StrategyName id={e.strategy} /> },
];

function KindBadge(props: { kind: Kind }) {
    const { badge } = kinds[props.kind];
    return badge ? <Badge kind={badge}>{props.kind}</Badge> : <Badge>{props.kind}</Badge>;
}

/** Entries in one answer of the server. */
const pageSize = 200;

/** The log of a session, the newest first; scrolling down loads the past. */
function useLog(id: string, query: Record<string, string>, version: number) {
    const name = JSON.stringify(query);
    const path = `/sessions/${encodeURIComponent(id)}/log?${new URLSearchParams({ ...query, limit: String(pageSize) })}`;
    const newest = useQuery(`log ${id} ${name}`, () => json<Entry[]>(path));
    useVersion(newest, version);
    const [past, setPast] = useState<{ of: string; entries: Entry[]; ended: boolean }>({ of: name, entries: [], ended: false });
    const own = useMemo(() => (past.of === name ? past : { of: name, entries: [], ended: false }), [past, name]);
    const entries = useMemo(() => {
        const first = newest.data ?? [];
        const last = first.at(-1)?.sequence ?? Infinity;
        // More has come since than the newest page holds: what was loaded before would leave a gap.
        if ((own.entries[0]?.sequence ?? last) < last) return first;
        // What came since a page of the past was loaded moves on into it.
        return [...first, ...own.entries.filter((e) => e.sequence < last)];
    }, [newest.data, own]);
    const loading = useRef(false);
    const [problem, setProblem] = useState<Problem>();
    const more = useCallback(() => {
        const before = entries.at(-1)?.sequence;
        if (loading.current || own.ended || before === undefined || entries.length < pageSize) return;
        loading.current = true;
        json<Entry[]>(`${path}&before=${before}`)
            .then((page) => {
                setProblem(undefined);
                setPast({ of: name, entries: [...entries, ...page], ended: page.length < pageSize });
            })
            .catch((e: unknown) => setProblem(asProblem(e)))
            .finally(() => (loading.current = false));
    }, [entries, own.ended, path, name]);
    return { newest, entries, more, ended: own.ended || entries.length < pageSize, problem };
}

/** Fills, signals, refusals, models, commands and states of a session, newest first. */
export function Events(props: { id: string; version: number; height?: number }) {
    const address = useSearch();
    // A panel stands beside others, and each has its own choice.
    const [own, setOwn] = useState<Record<string, string>>({});
    const isPanel = props.height !== undefined;
    const search = isPanel ? own : address.search;
    const set = isPanel ? (changes: Record<string, string>) => setOwn({ ...own, ...changes }) : address.set;
    const kind = search.events as Kind | undefined;
    const height = props.height ?? 360;
    const { of = '', text = '', until = '' } = { of: search.of, text: search.text, until: search.until };
    const { newest, entries, more, ended, problem } = useLog(
        props.id,
        {
            ...(kind ? { kind } : {}),
            ...(of === '' ? {} : { strategy: of }),
            ...(text === '' ? {} : { text }),
            ...(until === '' ? {} : { until }),
        },
        props.version,
    );
    const columns = useMemo(() => columnsOf(props.id), [props.id]);
    const shown = useMemo(() => chosenColumns(columns, search.cols), [columns, search.cols]);
    return (
        <>
            <div class="actions">
                <h2>Events</h2>
                <span class="tools" role="group" aria-label="Kind of events">
                    <button type="button" aria-pressed={!kind} onClick={() => set({ events: '' })}>
                        All
                    </button>
                    {(Object.keys(kinds) as Kind[]).map((k) => (
                        <button key={k} type="button" aria-pressed={kind === k} onClick={() => set({ events: k })}>
                            {kinds[k].title}
                        </button>
                    ))}
                </span>
                {!isPanel && (
                    <>
                        <span class="push" />
                        <ColumnMenu columns={columns} named={search.cols} onNamed={(cols) => set({ cols })} />
                        <button
                            type="button"
                            title="The entries that are loaded"
                            onClick={() => saveRows(shown, entries, `${props.id}-events`)}
                        >
                            CSV
                        </button>
                    </>
                )}
            </div>
            {!isPanel && (
                <div class="row filters list">
                    <TextField label="Strategy" type="search" value={of} onValue={(v) => set({ of: v })} />
                    <TextField label="Text" type="search" value={text} onValue={(v) => set({ text: v })} />
                    <TextField label="Jump to before" type="date" value={until} onValue={(v) => set({ until: v })} />
                </div>
            )}
            {problem && <Failed problem={problem} retry={more} />}
            <Loaded query={newest} height={height}>
                {() =>
                    entries.length === 0 ? (
                        <p class="soft">No such event has happened yet.</p>
                    ) : (
                        <DataTable
                            label="Events"
                            rows={entries}
                            columns={shown}
                            id={(e) => String(e.sequence)}
                            height={height}
                            total={ended ? entries.length : entries.length + 1}
                            onMore={more}
                        />
                    )
                }
            </Loaded>
        </>
    );
}

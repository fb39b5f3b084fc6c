import type { ComponentChildren } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { download, json } from '../api/client';
import { useAction } from '../api/useAction';
import { useRows, type RowPage } from '../api/useRows';
import { useSearch } from '../api/useSearch';
import { chosenColumns, ColumnMenu } from './ColumnMenu';
import { SelectField, TextField } from './Field';
import { choicesOf, filterOfList, type ListField } from './listFilter';
import { Empty, Failed, Loading } from './States';
import { DataTable, type Column } from './Table';
import { Wrong } from './Wrong';

interface Props<T> {
    /** Begins the names of its choices in the address, where a page has several lists. */
    name?: string;
    /** Names the table for screen readers, and its file. */
    label: string;
    /** The path of the list below /api/v1. */
    path: string;
    /** What the page asks of each list, such as the strategy. */
    query?: Record<string, string> | undefined;
    /** The conditions of the page, beside those of the user. */
    condition?: string;
    /** Their ids are the keys of the rows. */
    columns: readonly Column<T>[];
    fields: readonly ListField[];
    /** The key of the time by which dates narrow the list; without it there are no dates. */
    date?: string | undefined;
    /** Whether the list can begin at a date. */
    jumps?: boolean;
    /** The order before the user chooses one, with '-' in front for the largest first; without it the list is not sorted. */
    sort?: string | undefined;
    onOpen?: (row: T) => void;
    /** A sentence with the number of rows. */
    note: (total: number) => ComponentChildren;
    /** What to say where no row matches. */
    empty: string;
    /** A hint for the field of conditions. */
    hint: string;
    height?: number;
    /** The name of the files, without an extension. */
    file: string;
    /** A new one loads the rows in sight again, because the list has grown. */
    version?: string;
    /** Whether the list stands beside others as a panel, without filters and tools. */
    isPanel?: boolean;
}

const formats = [
    { title: 'CSV', accept: 'text/csv', extension: 'csv' },
    { title: 'Parquet', accept: 'application/vnd.apache.parquet', extension: 'parquet' },
];

/** A list that the server filters, sorts and pages, with its filters, its columns and its files. All choices stand in the address. */
export function ServerList<T>(props: Props<T>) {
    const { path, columns, date, isPanel = false } = props;
    const { search, set } = useList(props.name, isPanel);
    const sort = props.sort === undefined ? undefined : (search.sort ?? props.sort);
    const filter = [props.condition ?? '', filterOfList(props.fields, date, search)].filter((f) => f !== '').join(',');
    const query = new URLSearchParams({
        ...props.query,
        ...(sort === undefined ? {} : { sort }),
        ...(filter === '' ? {} : { filter }),
    }).toString();
    const jump = props.jumps === false ? '' : (search.jump ?? '');
    const { rows, position, problem } = useRows<T>(
        `${path}?${query}&at=${jump}`,
        (first) => {
            const place = first !== undefined ? `&cursor=${first}` : jump === '' ? '' : `&at=${encodeURIComponent(jump)}`;
            return json<RowPage<T>>(`${path}?${query}&limit=100${place}`);
        },
        filter === '' ? 0 : 200,
        props.version,
    );
    const shown = useMemo(() => chosenColumns(columns, search.cols), [columns, search.cols]);
    // Where the list begins again, its table does too.
    const scrollTo = useMemo(() => (position === undefined ? undefined : { index: position, of: query }), [position, query]);
    const saving = useAction(async (format: (typeof formats)[number]) => {
        // Columns without a value, such as links, are no columns of the file.
        const names = shown.flatMap((c) => (c.value ? [c.id] : []));
        const chosen = search.cols ? `&columns=${names.join(',')}` : '';
        await download(`${path}?${query}${chosen}`, `${props.file}.${format.extension}`, format.accept);
    });
    const narrowing = [...props.fields.map((f) => f.key), 'where', 'since', 'until'];
    const isNarrowed = narrowing.some((k) => search[k]);
    return (
        <>
            {!isPanel && (
                <>
                    <div class="row filters wide list">
                        {props.fields.map((f) =>
                            f.choices ? (
                                <SelectField
                                    key={f.key}
                                    label={f.title}
                                    value={search[f.key] ?? ''}
                                    options={[{ value: '', label: 'all' }, ...f.choices.map((c) => ({ value: c, label: c }))]}
                                    onValue={(v) => set({ [f.key]: v })}
                                />
                            ) : (
                                <TextField
                                    key={f.key}
                                    label={f.title}
                                    type="search"
                                    value={search[f.key] ?? ''}
                                    onValue={(v) => set({ [f.key]: v })}
                                />
                            ),
                        )}
                        {date !== undefined && (
                            <>
                                <TextField label="Since" type="date" value={search.since ?? ''} onValue={(since) => set({ since })} />
                                <TextField label="Until" type="date" value={search.until ?? ''} onValue={(until) => set({ until })} />
                            </>
                        )}
                        {props.jumps !== false && (
                            <TextField label="Jump to" type="date" value={search.jump ?? ''} onValue={(v) => set({ jump: v })} />
                        )}
                        <TextField
                            label="Where"
                            type="search"
                            value={search.where ?? ''}
                            placeholder={props.hint}
                            onValue={(where) => set({ where })}
                        />
                    </div>
                    <div class="actions">
                        <span class="note" role="status">
                            {rows ? props.note(rows.total) : 'Loading'}
                        </span>
                        <span class="push" />
                        <ColumnMenu columns={columns} named={search.cols} onNamed={(cols) => set({ cols })} />
                        {formats.map((f) => (
                            <button
                                key={f.title}
                                type="button"
                                disabled={saving.busy}
                                title="All rows that match"
                                onClick={() => saving.run(f)}
                            >
                                {f.title}
                            </button>
                        ))}
                    </div>
                </>
            )}
            <Wrong>{saving.problem?.message}</Wrong>
            {problem && <Failed problem={problem} />}
            {!rows && !problem && <Loading height={props.height ?? 420} />}
            {rows?.total === 0 && !problem && (
                <Empty title={isNarrowed ? 'No row matches' : 'No rows'}>
                    <p>{props.empty}</p>
                    {isNarrowed && (
                        <button type="button" onClick={() => set(Object.fromEntries(narrowing.map((k) => [k, ''])))}>
                            Show all
                        </button>
                    )}
                </Empty>
            )}
            {rows && rows.total > 0 && !problem && (
                <DataTable
                    label={props.label}
                    rows={none}
                    source={rows}
                    scrollTo={scrollTo}
                    columns={sort === undefined ? shown.map((c) => ({ ...c, value: undefined })) : shown}
                    id={String}
                    height={props.height ?? 420}
                    {...(sort === undefined
                        ? {}
                        : {
                              sorting: { id: sort.replace(/^-/, ''), descending: sort.startsWith('-') },
                              onSort: (s) => s && set({ sort: `${s.descending ? '-' : ''}${s.id}` }),
                          })}
                    {...(props.onOpen ? { onOpen: props.onOpen } : {})}
                />
            )}
        </>
    );
}

/** The choices of a list: those of the address that begin with its name, or a panel's own. */
function useList(name: string | undefined, isPanel: boolean) {
    const address = useSearch();
    const [own, setOwn] = useState<Record<string, string>>({});
    const search = useMemo(() => (isPanel ? own : choicesOf(name, address.search)), [isPanel, own, name, address.search]);
    const set = (changes: Record<string, string>) =>
        isPanel
            ? setOwn({ ...own, ...changes })
            : address.set(Object.fromEntries(Object.entries(changes).map(([key, value]) => [name ? `${name}-${key}` : key, value])));
    return { search, set };
}

const none: never[] = [];

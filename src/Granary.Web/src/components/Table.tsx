import {
    createTable,
    getCoreRowModel,
    getSortedRowModel,
    type ColumnDef,
    type RowData,
    type SortingState,
    type Table,
    type TableState,
} from '@tanstack/table-core';
import { elementScroll, observeElementOffset, observeElementRect, Virtualizer } from '@tanstack/virtual-core';
import type { ComponentChildren } from 'preact';
import type { Rows } from '../api/useRows';
import { useEffect, useLayoutEffect, useMemo, useReducer, useRef, useState } from 'preact/hooks';

/** A column of a table. */
export interface Column<T> {
    id: string;
    title: string;
    /** The content of a cell. */
    cell: (row: T) => ComponentChildren;
    /** The value to sort by; without it the column cannot be sorted. */
    value?: ((row: T) => string | number | null | undefined) | undefined;
    /** Width in pixels; the table scrolls sideways if the columns do not fit. */
    width: number;
    /** Whether the cells are figures, which are aligned right. */
    figure?: boolean;
    /** Explains the title. */
    hint?: string;
    /** Whether the column is shown only where the user chooses it. */
    isOptional?: boolean;
}

export type Sorting = { id: string; descending: boolean } | null;

interface Props<T> {
    /** Names the table for screen readers. */
    label: string;
    rows: readonly T[];
    columns: readonly Column<T>[];
    id: (row: T) => string;
    /** The order. With onSort the caller sorts (as the server does); without it the table sorts its rows. */
    sorting?: Sorting;
    onSort?: (sorting: Sorting) => void;
    onOpen?: (row: T) => void;
    /** The selected rows. */
    selected?: ReadonlySet<string>;
    /** Total number of rows if not all are loaded; scrolling to the last row loads more. */
    total?: number;
    onMore?: () => void;
    /** Rows that are loaded where they come into sight, in the place of `rows`. */
    source?: Rows<T> | undefined;
    /** The number of the row to scroll to; a new object scrolls again. */
    scrollTo?: { index: number } | undefined;
    /** Height of the scrolled area, pixels. */
    height?: number;
}

const rowHeight = 36;

/** A table of any number of rows; only the visible rows are in the page. */
export function DataTable<T extends RowData>(props: Props<T>) {
    const { rows, columns, onMore } = props;
    const [own, setOwn] = useState<Sorting>(props.sorting ?? null);
    const sorting = props.onSort ? (props.sorting ?? null) : own;
    const table = useTable(rows, columns, props.id, sorting, props.onSort !== undefined);
    const shown = table.getRowModel().rows;
    const scroll = useRef<HTMLDivElement>(null);
    const { source, scrollTo } = props;
    const count = source?.total ?? shown.length;
    const virtual = useVirtualRows(scroll, count);
    const items = virtual.getVirtualItems();
    const [start, last] = [items[0]?.index ?? 0, items.at(-1)?.index ?? 0];
    useEffect(() => source?.see(start, last));
    useEffect(() => {
        if (scrollTo) virtual.scrollToIndex(scrollTo.index, { align: 'start' });
    }, [scrollTo, virtual]);
    const missing = props.total !== undefined && rows.length < props.total;
    useEffect(() => {
        if (missing && last >= shown.length - 20) onMore?.();
    }, [missing, last, shown.length, onMore]);

    const sort = (column: Column<T>) => {
        const descending = sorting?.id === column.id ? !sorting.descending : column.figure === true;
        const next = { id: column.id, descending };
        if (props.onSort) props.onSort(next);
        else setOwn(next);
    };
    const before = items[0]?.start ?? 0;
    const after = virtual.getTotalSize() - (items.at(-1)?.end ?? 0);
    const most = props.height ?? 560;
    const whole = (count + 1) * rowHeight + 8;
    const height = Math.min(most, whole);
    return (
        <div
            class={`scroll virtual ${whole > most ? 'cut' : ''}`}
            ref={scroll}
            style={{ height }}
            tabIndex={0}
            role="region"
            aria-label={props.label}
        >
            <table aria-rowcount={(props.total ?? count) + 1} style={{ width: columns.reduce((s, c) => s + c.width, 0) }}>
                <colgroup>
                    {columns.map((c) => (
                        <col key={c.id} width={c.width} />
                    ))}
                </colgroup>
                <thead>
                    <tr>
                        {columns.map((c) => (
                            <th
                                key={c.id}
                                scope="col"
                                class={c.figure ? 'n' : ''}
                                title={c.hint}
                                aria-sort={sorting?.id === c.id ? (sorting.descending ? 'descending' : 'ascending') : undefined}
                            >
                                {c.value ? (
                                    <button type="button" onClick={() => sort(c)}>
                                        {c.title}
                                    </button>
                                ) : (
                                    c.title
                                )}
                            </th>
                        ))}
                    </tr>
                </thead>
                <tbody>
                    <Space height={before} columns={columns.length} />
                    {items.map((item) => {
                        const row = source ? source.row(item.index) : shown[item.index]?.original;
                        if (row === undefined)
                            return source && <Space key={`row ${item.index}`} height={rowHeight} columns={columns.length} />;
                        const id = source ? String(item.index) : props.id(row);
                        return (
                            <Row
                                key={id}
                                row={row}
                                index={item.index}
                                columns={columns}
                                onOpen={props.onOpen}
                                selected={props.selected?.has(props.id(row))}
                            />
                        );
                    })}
                    <Space height={after} columns={columns.length} />
                </tbody>
            </table>
        </div>
    );
}

function Space(props: { height: number; columns: number }) {
    if (props.height <= 0) return null;
    return (
        <tr class="space" aria-hidden="true">
            <td colSpan={props.columns} style={{ height: props.height }} />
        </tr>
    );
}

function Row<T>(props: {
    row: T;
    index: number;
    columns: readonly Column<T>[];
    onOpen: ((row: T) => void) | undefined;
    selected: boolean | undefined;
}) {
    const { row, onOpen } = props;
    const open = (e: Event) => {
        if (onOpen && !(e.target as Element).closest('a, button, input, label')) onOpen(row);
    };
    return (
        <tr class={onOpen ? 'opens' : ''} aria-rowindex={props.index + 2} aria-selected={props.selected} onClick={open}>
            {props.columns.map((c, i) =>
                i === 0 ? (
                    <th key={c.id} scope="row">
                        {c.cell(row)}
                    </th>
                ) : (
                    <td key={c.id} class={c.figure ? 'n' : ''}>
                        {c.cell(row)}
                    </td>
                ),
            )}
        </tr>
    );
}

// TanStack's table holds the order of the rows; Preact draws them.
function useTable<T extends RowData>(
    rows: readonly T[],
    columns: readonly Column<T>[],
    id: (row: T) => string,
    sorting: Sorting,
    manual: boolean,
): Table<T> {
    const defs = useMemo<ColumnDef<T>[]>(
        () =>
            columns.map((c) => ({
                id: c.id,
                accessorFn: (row) => c.value?.(row) ?? undefined,
                sortUndefined: 'last',
                enableSorting: c.value !== undefined,
                sortingFn: c.figure ? 'basic' : 'alphanumeric',
            })),
        [columns],
    );
    const table = useMemo(
        () =>
            createTable<T>({
                data: [],
                columns: [],
                state: {},
                onStateChange: () => undefined,
                renderFallbackValue: null,
                getCoreRowModel: getCoreRowModel(),
                getSortedRowModel: getSortedRowModel(),
            }),
        [],
    );
    const order: SortingState = sorting ? [{ id: sorting.id, desc: sorting.descending }] : [];
    const state: TableState = { ...table.initialState, sorting: order };
    table.setOptions((o) => ({ ...o, data: rows as T[], columns: defs, getRowId: id, state, manualSorting: manual }));
    return table;
}

function useVirtualRows(scroll: { current: HTMLDivElement | null }, count: number): Virtualizer<HTMLDivElement, HTMLTableRowElement> {
    const [, draw] = useReducer((n: number) => n + 1, 0);
    const virtual = useMemo(
        () =>
            new Virtualizer<HTMLDivElement, HTMLTableRowElement>({
                count: 0,
                getScrollElement: () => scroll.current,
                estimateSize: () => rowHeight,
                overscan: 12,
                scrollToFn: elementScroll,
                observeElementRect,
                observeElementOffset,
                initialRect: { width: 1000, height: 560 },
                onChange: () => draw(0),
            }),
        [scroll],
    );
    virtual.setOptions({ ...virtual.options, count });
    useLayoutEffect(() => virtual._didMount(), [virtual]);
    useLayoutEffect(() => virtual._willUpdate());
    return virtual;
}

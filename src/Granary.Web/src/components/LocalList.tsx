import { useMemo } from 'preact/hooks';
import { useSearch } from '../api/useSearch';
import { chosenColumns, ColumnMenu } from './ColumnMenu';
import { saveRows } from './saveRows';
import { DataTable, type Column } from './Table';

/** The rows of which each word of a text is a part of a value. */
export function matching<T>(rows: readonly T[], columns: readonly Column<T>[], text: string): T[] {
    const words = text.toLowerCase().split(/[\s,]+/);
    return rows.filter((row) => {
        const values = columns.map((c) => String(c.value?.(row) ?? '').toLowerCase()).join(' ');
        return words.every((w) => values.includes(w));
    });
}

/** A list of rows that the page has whole, with a filter, its columns and its file. The choices stand in the address. */
export function LocalList<T>(props: {
    /** Names the list, its file and its choices in the address. */
    name: string;
    label: string;
    rows: readonly T[];
    columns: readonly Column<T>[];
    id: (row: T) => string;
    height?: number;
    onOpen?: (row: T) => void;
    /** Whether the list stands beside others as a panel, without filter and tools. */
    isPanel?: boolean;
}) {
    const { name, rows, columns, isPanel = false } = props;
    const { search, set } = useSearch();
    const [text, named] = isPanel ? ['', ''] : [search[name] ?? '', search[`${name}-cols`]];
    const found = useMemo(() => (text.trim() === '' ? rows : matching(rows, columns, text)), [rows, columns, text]);
    const shown = useMemo(() => chosenColumns(columns, named), [columns, named]);
    return (
        <>
            {!isPanel && (
                <div class="actions tight">
                    <input
                        type="search"
                        aria-label={`Find in ${props.label.toLowerCase()}`}
                        placeholder="Symbol, side, strategy"
                        value={text}
                        onInput={(e) => set({ [name]: e.currentTarget.value })}
                    />
                    <span class="note" role="status">
                        {found.length === rows.length ? '' : `${found.length} of ${rows.length}`}
                    </span>
                    <span class="push" />
                    <ColumnMenu columns={columns} named={named} onNamed={(cols) => set({ [`${name}-cols`]: cols })} />
                    <button type="button" onClick={() => saveRows(shown, found, name)}>
                        CSV
                    </button>
                </div>
            )}
            <DataTable
                label={props.label}
                rows={found}
                columns={shown}
                id={props.id}
                {...(props.height === undefined ? {} : { height: props.height })}
                {...(props.onOpen ? { onOpen: props.onOpen } : {})}
            />
        </>
    );
}

import type { ComponentChildren } from 'preact';

/** A column of a short table. The first one names the row. */
export interface ShortColumn<T> {
    title: ComponentChildren;
    cell: (row: T) => ComponentChildren;
    /** Whether the cells are figures, which are aligned right. */
    figure?: boolean;
    /** A time or a name that stays on one line. */
    nowrap?: boolean;
    /** Whether the cells are sentences, whose long words may be broken on a narrow screen. */
    prose?: boolean;
    /** The colour of a cell. */
    tone?: (row: T) => string;
}

/** A table of a few rows, all of them in the page; it scrolls sideways if it is too wide. Use DataTable for long tables. */
export function ShortTable<T>(props: {
    /** Names the table for screen readers. */
    label: string;
    rows: readonly T[];
    columns: readonly ShortColumn<T>[];
    /** The class of a row. */
    kind?: (row: T) => string;
    class?: string;
    /** The text that replaces the rows if there are none. */
    empty?: string;
}) {
    const { rows, columns } = props;
    const style = (c: ShortColumn<T>, row?: T) =>
        [c.figure ? 'n' : '', c.nowrap ? 'nowrap' : '', c.prose ? 'prose' : '', (row !== undefined && c.tone?.(row)) || '']
            .join(' ')
            .trim() || undefined;
    return (
        <div class="scroll" tabIndex={0} role="region" aria-label={props.label}>
            <table class={props.class}>
                <thead>
                    <tr>
                        {columns.map((c, i) => (
                            <th key={i} scope="col" class={style(c)}>
                                {c.title}
                            </th>
                        ))}
                    </tr>
                </thead>
                <tbody>
                    {rows.map((row, at) => (
                        <tr key={at} class={props.kind?.(row)}>
                            {columns.map((c, i) =>
                                i === 0 ? (
                                    <th key={i} scope="row" class={style(c, row)}>
                                        {c.cell(row)}
                                    </th>
                                ) : (
                                    <td key={i} class={style(c, row)}>
                                        {c.cell(row)}
                                    </td>
                                ),
                            )}
                        </tr>
                    ))}
                    {rows.length === 0 && props.empty && (
                        <tr>
                            <td colSpan={columns.length} class="soft">
                                {props.empty}
                            </td>
                        </tr>
                    )}
                </tbody>
            </table>
        </div>
    );
}

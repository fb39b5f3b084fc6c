import type { ComponentChildren } from 'preact';

export interface HeatCell {
    text: string;
    /** The value that determines the colour: a gain, a loss, or none. */
    value?: number | null | undefined;
    href?: string;
    title?: string;
}

/** The colour of a cell of a heat map: g1 to g4 for gains, l1 to l4 for losses, by its size against the largest. */
export function heat(value: number | null | undefined, largest: number): string {
    if (value === null || value === undefined || value === 0 || !Number.isFinite(value) || largest <= 0) return '';
    return `${value > 0 ? 'g' : 'l'}${Math.min(4, Math.max(1, Math.ceil((Math.abs(value) / largest) * 4)))}`;
}

/** A table whose cells are coloured by their values. */
export function HeatTable(props: {
    /** Names the table for screen readers. */
    label: string;
    corner: string;
    columns: readonly { name: string; title?: string }[];
    rows: readonly { name: ComponentChildren; cells: readonly (HeatCell | undefined)[] }[];
    /** The value with the strongest colour; that of the cells without it. */
    largest?: number;
}) {
    const values = props.rows.flatMap((r) => r.cells.map((c) => Math.abs(c?.value ?? 0)));
    const largest = props.largest ?? values.reduce((a, b) => Math.max(a, b), 0);
    return (
        <div class="scroll" tabIndex={0} role="region" aria-label={props.label}>
            <table class="heat">
                <thead>
                    <tr>
                        <th scope="col">{props.corner}</th>
                        {props.columns.map((c) => (
                            <th key={c.name} scope="col" class="n" title={c.title}>
                                {c.name}
                            </th>
                        ))}
                    </tr>
                </thead>
                <tbody>
                    {props.rows.map((row, r) => (
                        <tr key={r}>
                            <th scope="row">{row.name}</th>
                            {props.columns.map((c, i) => {
                                const cell = row.cells[i];
                                return (
                                    <td key={c.name} class={`n ${heat(cell?.value, largest)}`} title={cell?.href ? undefined : cell?.title}>
                                        {cell?.href ? (
                                            <a href={cell.href} title={cell.title}>
                                                {cell.text}
                                            </a>
                                        ) : (
                                            cell?.text
                                        )}
                                    </td>
                                );
                            })}
                        </tr>
                    ))}
                </tbody>
            </table>
        </div>
    );
}

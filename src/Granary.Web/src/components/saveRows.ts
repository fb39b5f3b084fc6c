import type { Column } from './Table';

/** A cell of a CSV file. */
export const csvCell = (value: string | number | null | undefined): string => {
    const text = value === null || value === undefined ? '' : String(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** Saves rows that are in the page as a CSV file: the columns that have values. */
export function saveRows<T>(columns: readonly Column<T>[], rows: readonly T[], name: string): void {
    const known = columns.filter((c) => c.value);
    const lines = [known.map((c) => csvCell(c.id)), ...rows.map((r) => known.map((c) => csvCell(c.value?.(r))))];
    const url = URL.createObjectURL(new Blob([lines.map((l) => l.join(',')).join('\n') + '\n'], { type: 'text/csv' }));
    const link = document.createElement('a');
    link.href = url;
    link.download = `${name}.csv`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

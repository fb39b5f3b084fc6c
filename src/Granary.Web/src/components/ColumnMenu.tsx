import { Menu } from './Menu';
import type { Column } from './Table';

const usual = <T,>(columns: readonly Column<T>[]) => columns.filter((c) => !c.isOptional);

/** The columns of a list that its address names; the usual ones where it names none. The first one always stays. */
export function chosenColumns<T>(columns: readonly Column<T>[], named: string | undefined): Column<T>[] {
    const ids = (named ?? '').split(',').filter((id) => id !== '');
    return ids.length === 0 ? usual(columns) : columns.filter((c, i) => i === 0 || ids.includes(c.id));
}

/** Chooses the columns of a list. */
export function ColumnMenu<T>(props: { columns: readonly Column<T>[]; named: string | undefined; onNamed: (named: string) => void }) {
    const shown = chosenColumns(props.columns, props.named).map((c) => c.id);
    const change = (id: string, isShown: boolean) => {
        const next = props.columns.map((c) => c.id).filter((c) => (c === id ? isShown : shown.includes(c)));
        const names = next.join(',');
        const isUsual =
            names ===
            usual(props.columns)
                .map((c) => c.id)
                .join(',');
        props.onNamed(isUsual ? '' : names);
    };
    return (
        <Menu title="Columns">
            {props.columns.slice(1).map((c) => (
                <label key={c.id} class="check">
                    <input type="checkbox" checked={shown.includes(c.id)} onChange={(e) => change(c.id, e.currentTarget.checked)} />
                    {c.title}
                </label>
            ))}
        </Menu>
    );
}

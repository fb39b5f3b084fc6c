import { ShortTable } from '../../components/ShortTable';
import { weight } from '../../format/numbers';
import type { WeightChange } from './weights';

/** Weights before and after. */
export function Changes(props: { changes: readonly WeightChange[]; label: string }) {
    if (props.changes.length === 0) return <p class="soft">No weight changes.</p>;
    return (
        <ShortTable
            label={props.label}
            rows={props.changes}
            columns={[
                { title: 'Strategy', cell: (c) => c.strategy },
                { title: 'Before', figure: true, cell: (c) => weight(c.before) },
                { title: 'After', figure: true, cell: (c) => (c.after == null ? 'removed' : weight(c.after)) },
            ]}
        />
    );
}

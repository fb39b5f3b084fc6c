import { api, take, type Schemas } from '../api/client';
import { useQuery } from '../api/useQuery';
import { time } from '../format/times';
import { SelectField } from './Field';

type Run = Schemas['RunSummary'];

/** One of the newest thousand runs. */
export function RunField(props: {
    label: string;
    value: string;
    onValue: (id: string) => void;
    hint?: string;
    /** Filter for the runs to offer. */
    only?: (run: Run) => boolean;
}) {
    const runs = useQuery('runs/1000', () => take(api.GET('/api/v1/runs', { params: { query: { limit: 1000 } } })));
    const found = (runs.data?.items ?? []).filter((r) => props.only?.(r) !== false);
    return (
        <SelectField
            label={props.label}
            value={props.value}
            options={[
                { value: '', label: runs.data && found.length === 0 ? 'There is none' : 'Choose' },
                ...found.map((r) => ({ value: r.id, label: `${r.name}, ${time(r.created)}` })),
            ]}
            onValue={props.onValue}
            hint={props.hint}
        />
    );
}

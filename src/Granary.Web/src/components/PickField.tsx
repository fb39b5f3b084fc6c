import { useId, useState } from 'preact/hooks';
import { api, take, type Schemas } from '../api/client';
import { useQuery } from '../api/useQuery';
import { time } from '../format/times';
import { Group } from './Field';

interface Item {
    id: string;
    label: string;
    note?: string;
    /** Why the item cannot be chosen. */
    refusal?: string | undefined;
}

interface Props {
    label: string;
    hint?: string | undefined;
    fault?: string | undefined;
    value: string[];
    /** Several can be chosen; the order of choice is kept. */
    many: boolean;
    onValue: (value: string[]) => void;
}

const mostShown = 8;

/** One or several of a long list, which is searched: those that are chosen come first. */
export function PickField(props: Props & { items: Item[]; find: string; empty: string }) {
    const { value, many } = props;
    const [text, setText] = useState('');
    const name = useId();
    const words = text.toLowerCase().split(/\s+/);
    const matches = props.items.filter(
        (i) => !value.includes(i.id) && words.every((w) => `${i.label} ${i.note ?? ''} ${i.id}`.toLowerCase().includes(w)),
    );
    const chosen = value.map((id) => props.items.find((i) => i.id === id) ?? { id, label: id });
    return (
        <Group label={props.label} hint={props.hint} fault={props.fault}>
            {props.items.length > mostShown && (
                <input
                    type="search"
                    aria-label={props.find}
                    placeholder={props.find}
                    value={text}
                    onInput={(e) => setText(e.currentTarget.value)}
                />
            )}
            {[...chosen, ...matches.slice(0, mostShown)].map((i) => (
                <label key={i.id} class="check">
                    <input
                        type={many ? 'checkbox' : 'radio'}
                        name={name}
                        checked={value.includes(i.id)}
                        disabled={i.refusal !== undefined && !value.includes(i.id)}
                        onChange={(e) => {
                            const rest = many ? value.filter((id) => id !== i.id) : [];
                            props.onValue(e.currentTarget.checked ? [...rest, i.id] : rest);
                        }}
                    />
                    <span>
                        {i.label} {i.note && <span class="soft">{i.note}</span>}
                        {i.refusal && <span class="hint refusal">Not possible: {i.refusal}.</span>}
                    </span>
                </label>
            ))}
            {props.items.length === 0 && <p class="soft">{props.empty}</p>}
            {matches.length > mostShown && <p class="soft">{matches.length - mostShown} more match; search for them.</p>}
        </Group>
    );
}

/** Finished runs that a kind of job can take, chosen from the newest thousand. The others are shown with the reason, and cannot be chosen. */
export function RunsField(props: Props & { kind: string; name: string }) {
    const { kind, name, value } = props;
    const chosen = value.join(',');
    const runs = useQuery(`runs for ${kind} ${name} ${chosen}`, () =>
        take(api.GET('/api/v1/catalogue/jobs/{kind}/runs', { params: { path: { kind }, query: { key: name, chosen } } })),
    );
    const [last, setLast] = useState<Schemas['RunChoice'][]>();
    if (runs.data && runs.data !== last) setLast(runs.data);
    const items = (runs.data ?? last ?? [])
        .map((r) => ({ id: r.id, label: r.name, note: time(r.created), refusal: r.refusal?.replace(/\.$/, '') }))
        .sort((a, b) => Number(a.refusal !== undefined) - Number(b.refusal !== undefined));
    return (
        <PickField
            {...props}
            items={items}
            find="Find a run"
            empty={runs.data ? 'There is no finished run.' : (runs.problem?.message ?? 'The runs are being loaded.')}
        />
    );
}

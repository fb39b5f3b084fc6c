import { useEffect, useState } from 'preact/hooks';
import { Field } from '../../components/Field';

/** The fields that name a bar by its time, or a span; the bar that is shown stands in the first one. */
export function WhyQuestion(props: {
    search: Record<string, string>;
    shown: string | undefined;
    set: (changes: Record<string, string>) => void;
}) {
    const { search, shown, set } = props;
    const [at, setAt] = useState('');
    const [from, setFrom] = useState(search.from ?? '');
    const [to, setTo] = useState(search.to ?? '');
    const bar = shown ?? search.at ?? '';
    useEffect(() => setAt(bar), [bar]);
    useEffect(() => setFrom(search.from ?? ''), [search.from]);
    useEffect(() => setTo(search.to ?? ''), [search.to]);
    const text = (label: string, value: string, change: (v: string) => void) => (
        <Field label={label}>
            {(a) => (
                <input
                    {...a}
                    type="text"
                    required
                    value={value}
                    placeholder="2024-01-31T14:30Z"
                    onInput={(e) => change(e.currentTarget.value)}
                />
            )}
        </Field>
    );
    return (
        <div class="questions">
            <form
                onSubmit={(e) => {
                    e.preventDefault();
                    set({ at: at.trim(), trade: '', signal: '', from: '', to: '', step: '' });
                }}
            >
                {text('Bar at (UTC)', at, setAt)}
                <button type="submit">Show the bar</button>
            </form>
            <form
                onSubmit={(e) => {
                    e.preventDefault();
                    set({ from: from.trim(), to: to.trim(), at: '', trade: '', signal: '', step: '' });
                }}
            >
                {text('No trade from (UTC)', from, setFrom)}
                {text('To (UTC)', to, setTo)}
                <button type="submit">Why no trade?</button>
            </form>
        </div>
    );
}

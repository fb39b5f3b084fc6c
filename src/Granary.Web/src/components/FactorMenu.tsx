import { useState } from 'preact/hooks';
import { api, take } from '../api/client';
import { useQuery } from '../api/useQuery';
import { changeChart, chartSettings } from './chartSettings';
import { Menu } from './Menu';

/** Chooses the factors that the chart of a strategy shows: those that it uses, and others. */
export function FactorMenu(props: { strategy: string; used: readonly string[] }) {
    const { strategy, used } = props;
    const { hidden = [], added = [] } = chartSettings(strategy);
    const [text, setText] = useState('');
    const known = useQuery('catalogue factors', () => take(api.GET('/api/v1/catalogue/factors')));
    const names = (known.data as { name: string }[] | undefined)?.map((f) => f.name) ?? [];
    const name = text.trim().replace(/\s+/g, '');
    const isKnown = names.length === 0 || names.includes(name.split(/[(.]/)[0] ?? '');
    const add = (e: Event) => {
        e.preventDefault();
        if (name === '' || !isKnown) return;
        changeChart(strategy, {
            added: [...added.filter((f) => f !== name), ...(used.includes(name) ? [] : [name])],
            hidden: hidden.filter((f) => f !== name),
        });
        setText('');
    };
    return (
        <Menu title="Factors">
            <form onSubmit={add}>
                {used.map((f) => (
                    <label key={f} class="check">
                        <input
                            type="checkbox"
                            checked={!hidden.includes(f)}
                            onChange={(e) =>
                                changeChart(strategy, {
                                    hidden: e.currentTarget.checked ? hidden.filter((h) => h !== f) : [...hidden, f],
                                })
                            }
                        />
                        {f}
                    </label>
                ))}
                {added.map((f) => (
                    <label key={f} class="check">
                        <input type="checkbox" checked onChange={() => changeChart(strategy, { added: added.filter((a) => a !== f) })} />
                        {f} <span class="soft">added</span>
                    </label>
                ))}
                <label>
                    <span class="soft">Add a factor</span>
                    <input
                        list="factor-names"
                        placeholder="rsi(14)"
                        value={text}
                        aria-invalid={name !== '' && !isKnown}
                        onInput={(e) => setText(e.currentTarget.value)}
                    />
                </label>
                <datalist id="factor-names">
                    {names.map((n) => (
                        <option key={n} value={n} />
                    ))}
                </datalist>
                {name !== '' && !isKnown && <span class="fault">There is no factor {name}.</span>}
                <button type="submit" disabled={name === '' || !isKnown}>
                    Add
                </button>
            </form>
        </Menu>
    );
}

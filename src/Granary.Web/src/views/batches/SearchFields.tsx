import type { Schemas } from '../../api/client';
import { textOf, type Json, type JsonMap } from '../../api/jsonSchema';
import { SelectField, TextArea, TextField } from '../../components/Field';
import { at, valuesOf } from './batch';
import { choicesJson, choicesOf, rangeJson, rangeOf, treatmentOf, usualSpace, type Treatment } from './space';

interface Props {
    /** The path of the entry in the faults. */
    path: string;
    entry: JsonMap;
    parameters: Schemas['CatalogueParameter'][];
    /** Keys of metrics that can be objectives, with their names. */
    objectives: readonly { key: string; name: string }[];
    faultAt: (path: string) => string | undefined;
    onPut: (path: (string | number)[], value: Json | undefined) => void;
}

const methods = [
    { value: 'tpe', label: 'TPE', hint: 'tries near what was good so far' },
    { value: 'random', label: 'Random', hint: 'draws each trial independently' },
    { value: 'sobol', label: 'Sobol', hint: 'covers the space evenly' },
    { value: 'halving', label: 'Halving', hint: 'gives more bars to the better half' },
];

/** Keys of a strategy that a search can vary beside the parameters of its class. */
const others: { name: string; start: Json }[] = [
    { name: 'stopLossPercent', start: { from: 1, to: 10, log: true } },
    { name: 'takeProfitPercent', start: { from: 1, to: 20, log: true } },
    { name: 'trailingStopPercent', start: { from: 1, to: 10, log: true } },
    { name: 'maxBars', start: [10, 200] },
    { name: 'sides', start: ['both', 'long', 'short'] },
    { name: 'timeframe', start: ['1h', '4h'] },
    { name: 'symbol', start: ['', ''] },
];

/** The search of an entry: what it is by, and how it varies each parameter. */
export function SearchFields(props: Props) {
    const { entry, parameters, objectives, faultAt, onPut } = props;
    const search = at(entry, ['search']);
    const own = (key: string) => `${props.path}.search.${key}`;
    const space = (at(search, ['space']) ?? {}) as JsonMap;
    const named = new Set(parameters.map((p) => p.name));
    const rest = Object.keys(space).filter((name) => !named.has(name));
    const free = others.filter((o) => space[o.name] === undefined && entry[o.name] === undefined);
    const list = (v: Json[]) => (v.length === 0 ? undefined : v.length === 1 ? v[0] : v);
    return (
        <>
            <div class="row fields">
                <SelectField
                    label="Method"
                    value={textOf(at(search, ['method'])) || 'tpe'}
                    options={methods}
                    hint={methods.find((m) => m.value === (textOf(at(search, ['method'])) || 'tpe'))?.hint}
                    fault={faultAt(own('method'))}
                    onValue={(v) => onPut(['search', 'method'], v)}
                />
                <TextField
                    label="Trials"
                    type="number"
                    min={1}
                    step={1}
                    value={textOf(at(search, ['trials']))}
                    placeholder="100"
                    hint="on each symbol and timeframe"
                    fault={faultAt(own('trials'))}
                    onValue={(v) => onPut(['search', 'trials'], v === '' ? undefined : Number(v))}
                />
                <TextField
                    label="Objective"
                    value={textOf(at(search, ['objective']))}
                    placeholder="sharpe"
                    choices={objectives.map((o) => o.key)}
                    hint={hintOf(at(search, ['objective']), objectives)}
                    fault={faultAt(own('objective'))}
                    onValue={(v) => {
                        const parts = v.split(',').map((p) => p.trimStart());
                        onPut(['search', 'objective'], v.trim() === '' ? undefined : list(parts));
                    }}
                />
                <TextField
                    label="Fewest trades"
                    type="number"
                    min={0}
                    step={1}
                    value={textOf(at(search, ['minTrades']))}
                    placeholder="0"
                    hint="a trial with fewer has no objective"
                    fault={faultAt(own('minTrades'))}
                    onValue={(v) => onPut(['search', 'minTrades'], v === '' ? undefined : Number(v))}
                />
            </div>
            <div class="space" role="group" aria-label="Space of the search">
                {[...parameters.map((p) => p.name), ...rest].map((name) => (
                    <Dimension key={name} {...props} name={name} parameter={parameters.find((p) => p.name === name)} />
                ))}
            </div>
            {faultAt(own('space')) && Object.keys(space).length === 0 && (
                <p class="field fault" role="alert">
                    {faultAt(own('space'))}
                </p>
            )}
            <div class="row fields">
                <SelectField
                    label="Vary another key"
                    value=""
                    options={[{ value: '', label: 'Choose a key' }, ...free.map((o) => ({ value: o.name, label: o.name }))]}
                    onValue={(v) => v !== '' && onPut(['search', 'space', v], free.find((o) => o.name === v)?.start)}
                />
            </div>
            <TextArea
                label="Conditions, one a line"
                rows={2}
                value={[at(search, ['conditions']) ?? []].flat().map(textOf).join('\n')}
                hint="such as slow > 2 * fast"
                fault={faultAt(own('conditions'))}
                onValue={(v) => onPut(['search', 'conditions'], v === '' ? undefined : v.split('\n'))}
            />
        </>
    );
}

function hintOf(value: Json | undefined, objectives: Props['objectives']): string {
    const keys = [value ?? 'sharpe'].flat().map((o) => textOf(o).trim());
    const names = keys.map((k) => objectives.find((o) => o.key === k.replace(/^[-+]/, ''))?.name).filter((n) => n !== undefined);
    return `${names.length > 0 ? `${names.join(' and ')}. ` : ''}Several with commas end in a Pareto front`;
}

/** How the search treats one parameter. */
function Dimension(props: Props & { name: string; parameter: Schemas['CatalogueParameter'] | undefined }) {
    const { name, parameter, entry, faultAt, onPut, path } = props;
    const value = at(entry, ['search', 'space', name]);
    const fixed = at(entry, ['params', name]);
    const treatment = treatmentOf(value);
    const isNumber = !parameter || parameter.kind === 'int' || parameter.kind === 'double';
    const range = rangeOf(value);
    const fault = faultAt(`${path}.search.space.${name}`);
    const put = (next: Json | undefined) => onPut(['search', 'space', name], next);
    const treat = (next: Treatment) => {
        if (next === treatment) return;
        if (next === 'fixed') put(undefined);
        else {
            onPut(['params', name], undefined);
            const start = usualSpace(fixed, parameter);
            put(next === 'range' ? (treatmentOf(start) === 'range' ? (start ?? {}) : {}) : choicesJson(choicesOf(start)));
        }
    };
    const end = (label: string, which: 'from' | 'to', shown: string | undefined) => (
        <TextField
            label={label}
            type="number"
            step="any"
            value={textOf(range[which])}
            fault={shown}
            onValue={(v) => put(rangeJson({ ...range, [which]: v === '' ? undefined : Number(v) }, value))}
        />
    );
    return (
        <div class="row dimension">
            <SelectField
                label={name}
                value={treatment}
                options={[
                    { value: 'fixed', label: parameter ? 'fixed' : 'not varied' },
                    ...(isNumber || treatment === 'range' ? [{ value: 'range', label: 'range' }] : []),
                    { value: 'choices', label: 'choices' },
                ]}
                onValue={(v) => treat(v as Treatment)}
            />
            {treatment === 'fixed' && (
                <TextField
                    label="Value"
                    value={textOf(fixed)}
                    placeholder={textOf(parameter?.default as Json)}
                    fault={faultAt(`${path}.params.${name}`)}
                    onValue={(v) => onPut(['params', name], valuesOf(v))}
                />
            )}
            {treatment === 'range' && (
                <>
                    {end('From', 'from', fault)}
                    {end('To', 'to', undefined)}
                    <div class="field">
                        <span class="label">Scale</span>
                        <label class="check">
                            <input
                                type="checkbox"
                                checked={range.log}
                                onChange={(e) => put(rangeJson({ ...range, log: e.currentTarget.checked }, value))}
                            />
                            logarithmic
                        </label>
                    </div>
                </>
            )}
            {treatment === 'choices' && (
                <TextField
                    label="Values, with commas"
                    value={choicesOf(value).map(textOf).join(', ')}
                    fault={fault}
                    onValue={(v) => put(choicesJson([valuesOf(v) ?? []].flat()))}
                />
            )}
        </div>
    );
}

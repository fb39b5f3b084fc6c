import type { Schemas } from '../../api/client';
import { SelectField, TextField } from '../../components/Field';
import { SchemaFields } from '../../components/SchemaFields';
import { textOf, type Fault, type Json, type JsonMap, type Schema } from '../../api/jsonSchema';
import { at, valuesOf } from './batch';
import { SearchFields } from './SearchFields';
import { withoutSearch, withSearch } from './space';

interface Props {
    index: number;
    entry: Json;
    classes: Schemas['CatalogueItem'][];
    /** The schema of an entry. */
    schema: Schema;
    faults: Fault[];
    faultAt: (path: string) => string | undefined;
    /** Whether the server runs searches. */
    canSearch: boolean;
    /** Metrics that can be objectives. */
    objectives: readonly { key: string; name: string }[];
    onPut: (path: (string | number)[], value: Json | undefined) => void;
    /** Called with the entry that has a search now. */
    onSearch: (entry: JsonMap) => void;
    onRemove: (() => void) | undefined;
}

const sizes = [
    { value: 'percentOfEquity', label: 'Percent of equity' },
    { value: 'riskPercent', label: 'Percent at risk' },
    { value: 'cash', label: 'Account currency' },
    { value: 'units', label: 'Units' },
];

/** Keys that have fields of their own, or that the text alone has. */
const shown = [
    'class',
    'params',
    'symbols',
    'timeframe',
    'tag',
    'search',
    'sides',
    'size',
    'stopLossPercent',
    'takeProfitPercent',
    'trailingStopPercent',
    'maxBars',
];

/** One entry of a batch's strategies: class, parameters with their ranges, sides, size and exits. */
export function StrategyEntry(props: Props) {
    const { index, entry, classes, faultAt, onPut } = props;
    const own = (key: string) => `strategies[${index}].${key}`;
    const put = (path: (string | number)[], value: Json | undefined) => onPut(['strategies', index, ...path], value);
    const name = textOf(at(entry, ['class']));
    const known = classes.find((c) => c.name === name);
    const whole: JsonMap = entry !== null && typeof entry === 'object' && !Array.isArray(entry) ? entry : {};
    const isSearch = whole.search !== undefined;
    const size = at(entry, ['size']);
    const sizeKey =
        size !== null && typeof size === 'object' && !Array.isArray(size) ? (Object.keys(size)[0] ?? 'percentOfEquity') : 'percentOfEquity';
    const amount = (key: string, label: string) => (
        <TextField
            label={label}
            type="number"
            min={0}
            step="any"
            inputMode="decimal"
            value={textOf(at(entry, [key]))}
            fault={faultAt(own(key))}
            onValue={(v) => put([key], v === '' ? undefined : Number(v))}
        />
    );
    return (
        <fieldset>
            <legend>Strategy {index + 1}</legend>
            <SelectField
                label="Class"
                value={name}
                fault={faultAt(own('class'))}
                hint={known?.summary}
                options={[
                    ...(known ? [] : [{ value: name, label: name === '' ? 'Choose a class' : `${name} (not known)` }]),
                    ...classes.map((c) => ({ value: c.name, label: c.name })),
                ]}
                onValue={(v) => {
                    put(['class'], v);
                    put(['params'], undefined);
                    put(['search'], undefined);
                }}
            />
            {props.canSearch && (
                <SelectField
                    label="Parameters"
                    value={isSearch ? 'search' : 'grid'}
                    options={[
                        { value: 'grid', label: 'Values: one, or a grid of several' },
                        { value: 'search', label: 'Search: trials in ranges' },
                    ]}
                    fault={isSearch ? undefined : faultAt(own('search'))}
                    onValue={(v) => {
                        if (v === 'search') props.onSearch(withSearch(whole, known?.parameters));
                        else put([], withoutSearch(whole, known?.parameters));
                    }}
                />
            )}
            {isSearch ? (
                <SearchFields
                    path={`strategies[${index}]`}
                    entry={whole}
                    parameters={known?.parameters ?? []}
                    objectives={props.objectives}
                    faultAt={faultAt}
                    onPut={put}
                />
            ) : (
                <div class="row">
                    {known?.parameters.map((p) => (
                        <TextField
                            key={p.name}
                            label={p.name}
                            value={textOf(at(entry, ['params', p.name]))}
                            placeholder={textOf(p.default as Json)}
                            fault={faultAt(own(`params.${p.name}`))}
                            hint={rangeOf(p)}
                            onValue={(v) => put(['params', p.name], valuesOf(v))}
                        />
                    ))}
                </div>
            )}
            <div class="row">
                <SelectField
                    label="Sides"
                    value={textOf(at(entry, ['sides'])) || 'both'}
                    fault={faultAt(own('sides'))}
                    options={['both', 'long', 'short'].map((v) => ({ value: v, label: v }))}
                    onValue={(v) => put(['sides'], v === 'both' ? undefined : v)}
                />
                <TextField
                    label="Timeframe"
                    value={textOf(at(entry, ['timeframe']))}
                    placeholder="as the data"
                    fault={faultAt(own('timeframe'))}
                    onValue={(v) => put(['timeframe'], valuesOf(v))}
                />
                <SelectField
                    label="Size by"
                    value={sizeKey}
                    options={sizes}
                    onValue={(k) => put(['size'], { [k]: Number(textOf(at(size, [sizeKey]))) || 10 })}
                />
                <TextField
                    label="Size"
                    type="number"
                    min={0}
                    step="any"
                    value={textOf(at(size, [sizeKey]))}
                    fault={faultAt(own('size'))}
                    onValue={(v) => put(['size'], v === '' ? undefined : ({ [sizeKey]: Number(v) } as JsonMap))}
                />
                {amount('stopLossPercent', 'Stop loss, %')}
                {amount('takeProfitPercent', 'Take profit, %')}
                {amount('trailingStopPercent', 'Trailing stop, %')}
                {amount('maxBars', 'Longest trade, bars')}
            </div>
            <details>
                <summary>More about entries and exits</summary>
                <SchemaFields
                    schema={props.schema}
                    value={(entry ?? {}) as JsonMap}
                    faults={props.faults}
                    path={`strategies[${index}]`}
                    skip={shown}
                    onValue={(key, v) => put([key], v)}
                />
            </details>
            {props.onRemove && (
                <div class="actions">
                    <button type="button" class="danger" onClick={props.onRemove}>
                        Remove this strategy
                    </button>
                </div>
            )}
        </fieldset>
    );
}

function rangeOf(p: Schemas['CatalogueParameter']): string {
    if (p.values) return p.values.join(', ');
    if (p.kind === 'bool') return 'true or false';
    const range = p.minimum === null && p.maximum === null ? '' : `${p.minimum ?? '…'} to ${p.maximum ?? '…'}`;
    return `${range}${range === '' ? '' : '; '}10, 20 makes a grid`;
}

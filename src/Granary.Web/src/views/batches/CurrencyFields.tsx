import { faultAt, partOf, textOf, type Fault, type Json, type JsonMap, type Schema } from '../../api/jsonSchema';
import { SelectField, TextField } from '../../components/Field';
import { at } from './batch';

/** The currency of an account, and the exchange rates of markets in other ones. */
export function CurrencyFields(props: {
    value: JsonMap;
    /** The schema of batch files. */
    schema: Schema;
    faults: Fault[];
    set: (path: (string | number)[], next: Json | undefined) => void;
}) {
    const { value, faults, set } = props;
    const text = (label: string, path: string[], hint: string, placeholder?: string) => (
        <TextField
            label={label}
            hint={hint}
            placeholder={placeholder}
            value={textOf(at(value, path))}
            fault={faultAt(faults, path.join('.'))}
            onValue={(v) => set(path, v === '' ? undefined : v)}
        />
    );
    const rates = at(value, ['data', 'fx']);
    const conversion = textOf(at(value, ['account', 'conversion']));
    if (textOf(at(value, ['account', 'currency'])) === '')
        return <div class="row">{text('Currency', ['account', 'currency'], 'Needed for markets in several currencies, as EUR')}</div>;
    return (
        <div class="row">
            {text('Currency', ['account', 'currency'], 'Equity, sizes, limits and figures are in it')}
            {rates === undefined || typeof rates === 'string' ? (
                text('Exchange rates', ['data', 'fx'], 'A source with bars such as EURUSD, or a table of rates', 'csv:rates')
            ) : (
                <p class="soft">The exchange rates are as in the text.</p>
            )}
            <SelectField
                label="Results in other currencies"
                value={conversion}
                fault={faultAt(faults, 'account.conversion')}
                options={[
                    ...(conversion === '' ? [{ value: '', label: 'not set' }] : []),
                    ...(partOf(props.schema, ['account', 'conversion']).enum ?? []).map((c) => ({ value: textOf(c), label: textOf(c) })),
                ]}
                onValue={(v) => set(['account', 'conversion'], v === '' ? undefined : v)}
            />
            {conversion === 'convert' && (
                <TextField
                    label="Spread of conversions, %"
                    type="number"
                    min={0}
                    step="any"
                    placeholder="0"
                    value={textOf(at(value, ['account', 'fxSpreadPercent']))}
                    fault={faultAt(faults, 'account.fxSpreadPercent')}
                    onValue={(v) => set(['account', 'fxSpreadPercent'], v === '' ? undefined : Number(v))}
                />
            )}
        </div>
    );
}

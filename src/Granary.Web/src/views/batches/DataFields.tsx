import type { Schemas } from '../../api/client';
import { faultAt, partOf, textOf, type Fault, type Json, type JsonMap, type Schema } from '../../api/jsonSchema';
import { SelectField, TextField } from '../../components/Field';
import { PickField } from '../../components/PickField';
import { counted } from '../../format/numbers';
import { at, valuesOf } from './batch';

/** Where the bars are: a source that exists with its symbols, or another one. */
export function DataFields(props: {
    /** The batch, or its section `data` alone. */
    value: JsonMap;
    /** The schema of batch files. */
    schema: Schema;
    sources: readonly Schemas['SourceEntry'][];
    faults: Fault[];
    set: (path: (string | number)[], next: Json | undefined) => void;
}) {
    const { value, sources, faults, set } = props;
    const data = (key: string) => textOf(at(value, ['data', key]));
    const chosen = sources.findIndex((s) => s.source === data('source') && s.timeframe === data('timeframe'));
    const symbols = at(value, ['data', 'symbols']);
    const list = Array.isArray(symbols) ? symbols.map(textOf) : [];
    const setSymbols = (next: string[]) => set(['data', 'symbols'], next.length === 0 ? '*' : next);
    // A source that has no bars between the dates says so as a fault of its own.
    const ofSource = faultAt(faults, 'data.source');
    const hasDates = data('from') !== '' || data('to') !== '';
    const ofDates = hasDates && ofSource?.endsWith('change from and to') ? ofSource : undefined;
    const date = (label: string, key: string) => (
        <TextField
            label={label}
            type="date"
            value={data(key).slice(0, 10)}
            fault={faultAt(faults, `data.${key}`) ?? (data(key) === '' ? undefined : ofDates)}
            onValue={(v) => set(['data', key], v === '' ? undefined : v)}
        />
    );
    return (
        <fieldset>
            <legend>Data</legend>
            <SelectField
                label="Source"
                value={String(chosen)}
                fault={ofDates === undefined ? ofSource : undefined}
                hint="Stores and folders of the data folder, your uploads, and generated sample markets"
                options={[
                    ...sources.map((s, i) => ({
                        value: String(i),
                        label: `${s.source.startsWith('generated:') ? 'sample markets' : s.source}, ${s.timeframe}, ${counted(s.symbols.length, 'symbol')}`,
                    })),
                    { value: '-1', label: 'Another source' },
                ]}
                onValue={(v) => {
                    const next = sources[Number(v)];
                    set(['data', 'source'], next?.source ?? '');
                    if (next) set(['data', 'timeframe'], next.timeframe);
                    set(['data', 'symbols'], '*');
                }}
            />
            {chosen < 0 ? (
                <div class="row">
                    <TextField
                        label="Address"
                        value={data('source')}
                        hint="csv:FOLDER, parquet:FOLDER, store:FOLDER, postgres://… or questdb://…"
                        fault={faultAt(faults, 'data.source')}
                        onValue={(v) => set(['data', 'source'], v)}
                    />
                    <TextField
                        label="Symbols"
                        value={textOf(symbols)}
                        hint="* for all, or several with commas"
                        fault={faultAt(faults, 'data.symbols')}
                        onValue={(v) => setSymbols(v.trim() === '*' ? [] : [valuesOf(v) ?? []].flat().map(textOf))}
                    />
                    <SelectField
                        label="Timeframe"
                        value={data('timeframe')}
                        fault={faultAt(faults, 'data.timeframe')}
                        options={(partOf(props.schema, ['data', 'timeframe']).enum ?? []).map((t) => ({
                            value: textOf(t),
                            label: textOf(t),
                        }))}
                        onValue={(v) => set(['data', 'timeframe'], v)}
                    />
                </div>
            ) : (
                <PickField
                    label="Symbols"
                    hint={list.length === 0 ? 'All symbols of the source; tick some to use only these.' : counted(list.length, 'symbol')}
                    fault={faultAt(faults, 'data.symbols')}
                    items={(sources[chosen]?.symbols ?? []).map((s) => ({ id: s, label: s }))}
                    value={list}
                    many
                    find="Find a symbol"
                    empty="The source has no symbols."
                    onValue={setSymbols}
                />
            )}
            <div class="row">
                {date('From', 'from')}
                {date('To (exclusive)', 'to')}
            </div>
        </fieldset>
    );
}

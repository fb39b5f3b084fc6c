import type { Schemas } from '../../api/client';
import { faultAt, type Fault, type Json, type JsonMap, type Schema } from '../../api/jsonSchema';
import { SelectField, TextField } from '../../components/Field';
import { counted } from '../../format/numbers';
import { at, put } from '../batches/batch';
import { DataFields } from '../batches/DataFields';
import type { StrategyClass } from './code';
import type { Form } from './drafts';
import { faultOf, gridSize } from './parameters';

/** Bars and parameters of a run. Its other settings are in the comment `granary:` of the file. */
export function Settings(props: {
    form: Form;
    strategies: readonly StrategyClass[];
    /** The comment of the file; null without one. */
    settings: JsonMap | null;
    schema: Schema;
    sources: readonly Schemas['SourceEntry'][];
    faults: Fault[];
    onForm: (form: Form) => void;
}) {
    const { form, strategies, settings, faults, onForm } = props;
    const chosen = chosenOf(strategies, form);
    const own = at(settings ?? undefined, ['data']);
    const isOwn = own !== undefined && Object.keys(form.data).length === 0;
    // Several changes in one event each begin with what the one before made.
    let data = form.data;
    const set = (path: (string | number)[], next: Json | undefined) => {
        data = (put({ data }, path, next).data ?? {}) as JsonMap;
        onForm({ ...form, data });
    };
    return (
        <form onSubmit={(e) => e.preventDefault()} aria-label="Bars and parameters">
            {isOwn ? (
                <fieldset>
                    <legend>Data</legend>
                    <p>
                        The file’s comment names the bars: <code>{String(at(own, ['source']) ?? '')}</code>
                    </p>
                    <div class="actions">
                        <button type="button" onClick={() => onForm({ ...form, data: firstOf(props.sources) })}>
                            Choose other bars
                        </button>
                    </div>
                </fieldset>
            ) : (
                <>
                    <DataFields value={{ data: form.data }} schema={props.schema} sources={props.sources} faults={faults} set={set} />
                    {own !== undefined && (
                        <div class="actions">
                            <button type="button" onClick={() => onForm({ ...form, data: {} })}>
                                Use the bars of the file’s comment
                            </button>
                        </div>
                    )}
                </>
            )}
            <fieldset>
                <legend>Parameters</legend>
                {strategies.length > 1 && (
                    <SelectField
                        label="Class"
                        value={chosen?.name ?? ''}
                        options={strategies.map((s) => ({ value: s.name, label: s.name }))}
                        onValue={(v) => onForm({ ...form, class: v })}
                    />
                )}
                {chosen === undefined ? (
                    <p class="note">The constructor’s parameters appear here when the file compiles.</p>
                ) : (
                    <>
                        {chosen.parameters.length === 0 && <p class="note">The constructor of {chosen.name} has no parameters.</p>}
                        <div class="row">
                            {chosen.parameters.map((p) => (
                                <TextField
                                    key={p.name}
                                    label={p.name}
                                    value={form.params[p.name] ?? ''}
                                    placeholder={String(p.default ?? '')}
                                    hint={hintOf(p)}
                                    fault={faultOf(form.params[p.name] ?? '', p) ?? faultAt(faults, `strategies[0].params.${p.name}`)}
                                    onValue={(v) => onForm({ ...form, params: { ...form.params, [p.name]: v } })}
                                />
                            ))}
                        </div>
                        <p class="note">
                            {counted(gridSize(form.params, chosen.parameters), 'strategy', 'strategies')} on each market. Write a value,
                            several with commas, or a range with a step: 5..50:5. Each combination is a trial.
                        </p>
                    </>
                )}
            </fieldset>
        </form>
    );
}

/** The class that the form runs. */
export const chosenOf = (strategies: readonly StrategyClass[], form: Form): StrategyClass | undefined =>
    strategies.find((s) => s.name === form.class) ?? strategies[0];

/** The bars that a new draft begins with: all symbols of the first source. */
export function firstOf(sources: readonly Schemas['SourceEntry'][]): JsonMap {
    const [first] = sources;
    return first ? { source: first.source, symbols: '*', timeframe: first.timeframe } : {};
}

function hintOf(p: StrategyClass['parameters'][number]): string {
    if (p.values) return p.values.join(', ');
    if (p.kind === 'bool') return 'true or false';
    const type = p.kind === 'int' ? 'whole number' : p.kind === 'double' ? 'number' : 'text';
    return (p.minimum ?? p.maximum ?? null) === null ? type : `${type}, ${p.minimum ?? '…'} to ${p.maximum ?? '…'}`;
}

import type { Schemas } from '../../api/client';
import { faultAt, partOf, textOf, type Fault, type Json, type JsonMap, type Schema } from '../../api/jsonSchema';
import { SelectField, TextField } from '../../components/Field';
import { SchemaFields } from '../../components/SchemaFields';
import { at, put } from './batch';
import { CurrencyFields } from './CurrencyFields';
import { DataFields } from './DataFields';
import { StrategyEntry } from './StrategyEntry';

/** What the form of a batch offers. */
export interface Offers {
    schema: Schema;
    classes: Schemas['CatalogueItem'][];
    sources: Schemas['SourceEntry'][];
    /** Metrics that a search can have as objectives. */
    objectives: readonly { key: string; name: string }[];
}

interface FormProps {
    value: JsonMap;
    known: Offers;
    /** The kind of job. */
    as: string;
    faults: Fault[];
    /** Whether the server runs searches. */
    canSearch: boolean;
    onChange: (value: JsonMap) => void;
    /** Called when a strategy gets a search. */
    onSearch: (value: JsonMap) => void;
}

/** The weights by past returns: docs/allocation.md. */
const allocations = ['inverse-volatility', 'minimum-variance', 'maximum-sharpe', 'risk-parity', 'hierarchical-risk-parity'];

/** Sections of a batch that some kinds of jobs and some weights need, and the keys that the form has. */
const sections: { path: string[]; title: string; keys: string[]; needed: (as: string, weights: string) => boolean }[] = [
    {
        path: ['portfolio', 'rebalance'],
        title: 'Rebalancing',
        keys: ['every', 'window', 'maxStrategies'],
        needed: (_, weights) => weights === 'adaptive' || weights === 'ppo' || weights === 'matching-pursuit',
    },
    {
        path: ['portfolio', 'rebalance'],
        title: 'Rebalancing',
        keys: ['every', 'window', 'maxWeight', 'minWeight', 'maxSymbolWeight', 'turnoverPenalty'],
        needed: (_, weights) => allocations.includes(weights),
    },
    {
        path: ['portfolio', 'allocator'],
        title: 'Learning of the weights',
        keys: ['steps', 'seeds', 'episode', 'trainingShare', 'reward', 'drawdownPenalty', 'band'],
        needed: (_, weights) => weights === 'adaptive' || weights === 'ppo',
    },
    {
        path: ['walkForward'],
        title: 'Walk-forward',
        keys: ['inSample', 'outOfSample', 'gap', 'mode', 'objective', 'choose'],
        needed: (as) => as === 'walkforward',
    },
    {
        path: ['learning'],
        title: 'Models',
        keys: ['trainer', 'label', 'features', 'select', 'apply'],
        needed: (as) => ['train', 'evaluate', 'experiment', 'replay'].includes(as),
    },
];

/** The sections of a batch that the form has; the text has all. */
export function BatchForm(props: FormProps) {
    const { known, faults, onChange } = props;
    // Several changes in one event each begin with what the one before made.
    let value = props.value;
    const set = (path: (string | number)[], next: Json | undefined) => {
        value = put(value, path, next);
        onChange(value);
    };
    const fault = (path: string) => faultAt(faults, path);
    const amount = (label: string, path: string[], placeholder?: string) => (
        <TextField
            label={label}
            type="number"
            min={0}
            step="any"
            value={textOf(at(value, path))}
            placeholder={placeholder}
            fault={fault(path.join('.'))}
            onValue={(v) => set(path, v === '' ? undefined : Number(v))}
        />
    );
    const entries = Array.isArray(value.strategies) ? value.strategies : [];
    const weights = at(value, ['portfolio', 'weights']);
    const rules = partOf(known.schema, ['portfolio', 'weights']).oneOf?.[0]?.enum ?? [];
    return (
        <form onSubmit={(e) => e.preventDefault()}>
            <TextField
                label="Name"
                value={textOf(value.name)}
                fault={fault('name')}
                onValue={(v) => set(['name'], v === '' ? undefined : v)}
            />
            <DataFields value={value} schema={known.schema} sources={known.sources} faults={faults} set={set} />
            <fieldset>
                <legend>Account and costs</legend>
                <div class="row">
                    {amount(`Cash, ${textOf(at(value, ['account', 'currency'])) || 'account currency'}`, ['account', 'cash'], '100000')}
                    {amount('Commission, % a side', ['execution', 'commissionPercent'], '0')}
                    {amount('Slippage, %', ['execution', 'slippagePercent'], '0')}
                </div>
                <CurrencyFields value={value} schema={known.schema} faults={faults} set={set} />
            </fieldset>
            {entries.map((entry, i) => (
                <StrategyEntry
                    key={i}
                    index={i}
                    entry={entry}
                    classes={known.classes}
                    schema={partOf(known.schema, ['strategies']).items ?? {}}
                    faults={faults}
                    faultAt={fault}
                    canSearch={props.canSearch}
                    objectives={known.objectives}
                    onPut={set}
                    onSearch={(next) => props.onSearch(put(value, ['strategies', i], next))}
                    onRemove={entries.length > 1 ? () => set(['strategies', i], undefined) : undefined}
                />
            ))}
            <div class="actions">
                <button
                    type="button"
                    onClick={() =>
                        set(['strategies', entries.length], { class: known.classes[0]?.name ?? 'SmaCross', size: { percentOfEquity: 10 } })
                    }
                >
                    Add a strategy
                </button>
            </div>
            <fieldset>
                <legend>Portfolio</legend>
                <div class="row">
                    <SelectField
                        label="Weights"
                        value={typeof weights === 'string' ? weights : 'own'}
                        fault={fault('portfolio.weights')}
                        options={[
                            ...rules.map((v) => ({ value: textOf(v), label: textOf(v) })),
                            ...(typeof weights === 'string' && rules.includes(weights)
                                ? []
                                : [
                                      {
                                          value: typeof weights === 'string' ? weights : 'own',
                                          label: weights === undefined ? 'not set' : 'as in the text',
                                      },
                                  ]),
                        ]}
                        onValue={(v) => v !== 'own' && set(['portfolio', 'weights'], v)}
                    />
                    {amount('Largest gross exposure, %', ['portfolio', 'limits', 'maxGrossPercent'])}
                    {amount('Largest exposure in one symbol, %', ['portfolio', 'limits', 'maxSymbolPercent'])}
                    {amount('Largest number of positions', ['portfolio', 'limits', 'maxPositions'])}
                </div>
            </fieldset>
            {sections
                .filter((s) => s.needed(props.as, textOf(weights)))
                .map((s) => (
                    <fieldset key={s.title}>
                        <legend>{s.title}</legend>
                        <SchemaFields
                            schema={partOf(known.schema, s.path)}
                            value={(at(value, s.path) ?? {}) as JsonMap}
                            faults={faults}
                            path={s.path.join('.')}
                            only={s.keys}
                            onValue={(key, v) => set([...s.path, key], v)}
                        />
                    </fieldset>
                ))}
        </form>
    );
}

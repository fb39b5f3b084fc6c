import type { ComponentChildren, JSX } from 'preact';
import { useId, useState } from 'preact/hooks';
import type { Fault } from '../api/jsonSchema';

interface Attributes {
    id: string;
    'aria-describedby': string | undefined;
    'aria-invalid': boolean;
}

/** A labelled form field with its hint and its fault. */
export function Field(props: {
    label: string;
    hint?: string | undefined;
    fault?: string | undefined;
    children: (attributes: Attributes) => ComponentChildren;
}) {
    const id = useId();
    const described = props.fault || props.hint ? `${id}-about` : undefined;
    return (
        <div class="field">
            <label for={id}>{props.label}</label>
            {props.children({ id, 'aria-describedby': described, 'aria-invalid': props.fault !== undefined && props.fault !== '' })}
            {props.fault ? (
                <span class="fault" id={described} role="alert">
                    {props.fault}
                </span>
            ) : (
                props.hint && (
                    <span class="hint" id={described}>
                        {props.hint}
                    </span>
                )
            )}
        </div>
    );
}

/** A field around a group of inputs, such as a list to tick. */
export function Group(props: { label: string; hint?: string | undefined; fault?: string | undefined; children: ComponentChildren }) {
    const id = useId();
    return (
        <fieldset aria-describedby={props.fault || props.hint ? id : undefined}>
            <legend>{props.label}</legend>
            {props.children}
            <p class={props.fault ? 'field fault' : 'note'} id={id} role={props.fault ? 'alert' : undefined}>
                {props.fault ?? props.hint}
            </p>
        </fieldset>
    );
}

/** All faults of a form, above it. */
export function Faults(props: { faults: Fault[] }) {
    const { faults } = props;
    if (faults.length === 0) return null;
    return (
        <div class="notice wrong" role="alert">
            <ul>
                {faults.map((f) => (
                    <li key={f.path + f.sentence}>
                        {f.path !== '' && <b>{f.path}: </b>}
                        {f.sentence}
                    </li>
                ))}
            </ul>
        </div>
    );
}

/**
 * Keeps the text of a field as it was typed, until another value comes from elsewhere. "5, " stands for 5, and "0." for 0: a field that
 * showed its value would lose the comma and the point.
 */
function useTyped(value: string, onValue: (value: string) => void): [string, (text: string) => void] {
    const [typed, setTyped] = useState<{ text: string; value?: string }>();
    // The value that the text stands for is known at the next rendering; another one later does not come from the field.
    const isOwn = typed !== undefined && (typed.value === undefined || typed.value === value);
    if (typed && isOwn && typed.value === undefined) setTyped({ ...typed, value });
    if (typed && !isOwn) setTyped(undefined);
    const type = (text: string) => {
        setTyped({ text });
        onValue(text);
    };
    return [isOwn ? typed.text : value, type];
}

type InputProps = Omit<JSX.IntrinsicElements['input'], 'label' | 'onInput' | 'value'> & {
    label: string;
    hint?: string | undefined;
    fault?: string | undefined;
    value: string;
    /** Values to choose from; others can be typed. */
    choices?: readonly string[] | undefined;
    onValue: (value: string) => void;
};

/** A line of text, a number, a date. */
export function TextField({ label, hint, fault, value, choices, onValue, ...rest }: InputProps) {
    const [shown, type] = useTyped(value, onValue);
    return (
        <Field label={label} hint={hint} fault={fault}>
            {(a) => (
                <>
                    <input
                        {...rest}
                        {...a}
                        list={choices && `${a.id}-choices`}
                        value={shown}
                        onInput={(e) => type(e.currentTarget.value)}
                    />
                    {choices && (
                        <datalist id={`${a.id}-choices`}>
                            {choices.map((c) => (
                                <option key={c} value={c} />
                            ))}
                        </datalist>
                    )}
                </>
            )}
        </Field>
    );
}

/** Several lines of text. */
export function TextArea(props: {
    label: string;
    hint?: string | undefined;
    fault?: string | undefined;
    value: string;
    rows: number;
    onValue: (value: string) => void;
}) {
    const [shown, type] = useTyped(props.value, props.onValue);
    return (
        <Field label={props.label} hint={props.hint} fault={props.fault}>
            {(a) => (
                <textarea
                    {...a}
                    class="code"
                    spellcheck={false}
                    rows={props.rows}
                    value={shown}
                    onInput={(e) => type(e.currentTarget.value)}
                />
            )}
        </Field>
    );
}

/** One of several. */
export function SelectField(props: {
    label: string;
    hint?: string | undefined;
    fault?: string | undefined;
    value: string;
    options: { value: string; label: string }[];
    onValue: (value: string) => void;
}) {
    return (
        <Field label={props.label} hint={props.hint} fault={props.fault}>
            {(a) => (
                <select {...a} value={props.value} onChange={(e) => props.onValue(e.currentTarget.value)}>
                    {props.options.map((o) => (
                        <option key={o.value} value={o.value}>
                            {o.label}
                        </option>
                    ))}
                </select>
            )}
        </Field>
    );
}

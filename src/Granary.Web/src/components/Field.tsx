import type { ComponentChildren, JSX } from 'preact';
import { useId } from 'preact/hooks';

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

type InputProps = Omit<JSX.IntrinsicElements['input'], 'label' | 'onInput' | 'value'> & {
    label: string;
    hint?: string | undefined;
    fault?: string | undefined;
    value: string;
    onValue: (value: string) => void;
};

/** A line of text, a number, a date. */
export function TextField({ label, hint, fault, value, onValue, ...rest }: InputProps) {
    return (
        <Field label={label} hint={hint} fault={fault}>
            {(a) => <input {...rest} {...a} value={value} onInput={(e) => onValue(e.currentTarget.value)} />}
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

import { render } from 'preact';
import { useState } from 'preact/hooks';
import { act } from 'preact/test-utils';
import { expect, test } from 'vitest';
import { TextField } from '../src/components/Field';
import { textOf, type Json } from '../src/api/jsonSchema';
import { valuesOf } from '../src/views/batches/batch';

function Parameter(props: { seen: (value: Json | undefined) => void }) {
    const [value, setValue] = useState<Json | undefined>(10);
    return (
        <>
            <TextField
                label="fast"
                value={textOf(value)}
                onValue={(v) => {
                    setValue(valuesOf(v));
                    props.seen(valuesOf(v));
                }}
            />
            <button type="button" onClick={() => setValue(7)} />
        </>
    );
}

test('A grid can be typed character by character, and a value from elsewhere replaces what was typed', async () => {
    const root = document.createElement('div');
    let seen: Json | undefined;
    await act(() => {
        render(<Parameter seen={(v) => (seen = v)} />, root);
    });
    const input = root.querySelector('input') as HTMLInputElement;
    input.value = '';
    for (const character of '5, 0.50, 13') {
        input.value += character;
        await act(() => {
            input.dispatchEvent(new Event('input', { bubbles: true }));
        });
    }
    expect(input.value).toBe('5, 0.50, 13');
    expect(seen).toEqual([5, 0.5, 13]);
    await act(() => {
        root.querySelector('button')?.click();
    });
    expect(input.value).toBe('7');
});

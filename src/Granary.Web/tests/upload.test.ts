import { expect, it } from 'vitest';
import { uploadName } from '../src/components/FileDrop';

it('makes names that the server takes', () => {
    expect(uploadName('BTCUSDT.csv')).toBe('BTCUSDT.csv');
    expect(uploadName('My prices (1).CSV')).toBe('My-prices-1-.csv');
    expect(uploadName('bars.txt')).toBe('bars.csv');
    expect(uploadName('.json')).toBe('json.csv');
    expect(uploadName('a.json')).toBe('a.json');
});

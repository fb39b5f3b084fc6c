import { describe, expect, it } from 'vitest';
import { EventParser } from '../src/api/events';

describe('EventParser', () => {
    it('joins an event that arrives in pieces', () => {
        const parser = new EventParser();
        expect(parser.push('id: 7\nevent: prog')).toEqual([]);
        expect(parser.push('ress\ndata: {"done":1}\n\nid: 8\n')).toEqual([{ id: '7', kind: 'progress', data: '{"done":1}' }]);
        expect(parser.push('data: x\n\n')).toEqual([{ id: '8', kind: 'message', data: 'x' }]);
    });

    it('leaves comments out and joins several data lines', () => {
        expect(new EventParser().push(': still here\n\ndata: a\r\ndata: b\r\n\r\n')).toEqual([{ id: '', kind: 'message', data: 'a\nb' }]);
    });
});

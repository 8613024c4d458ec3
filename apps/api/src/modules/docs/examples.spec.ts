import { describe, expect, it } from 'vitest';
import { exampleOf } from './examples';

describe('an example for a schema', () => {
  const schemas = { Thing: { type: 'object', properties: { id: { type: 'string', example: 'ses_1' }, status: { type: 'string', enum: ['starting', 'live'] } } } };

  it.each([
    [{ type: 'string', example: 'as given' }, 'as given'],
    [{ $ref: '#/components/schemas/Thing' }, { id: 'ses_1', status: 'live' }],
    [{ type: 'array', items: { $ref: '#/components/schemas/Thing' } }, [{ id: 'ses_1', status: 'live' }]],
    [{ anyOf: [{ type: 'null' }, { type: 'string', format: 'date-time' }] }, '2026-11-22T10:15:30.123Z'],
    [{ type: 'integer', minimum: 3 }, 3],
    [{ const: 'PUT' }, 'PUT'],
    [{ type: 'boolean', default: false }, false],
    [{ type: 'object' }, {}],
  ])('%j', (schema, example) => {
    expect(exampleOf(schema, schemas)).toEqual(example);
  });

  it('takes what readers expect under a name, if the schema allows it', () => {
    expect(exampleOf({ type: 'object', properties: { next_cursor: { type: ['string', 'null'] }, name: { type: 'string' }, fps: { type: 'string' } } }, {})).toEqual({
      next_cursor: null,
      name: 'Girl with a Pearl Earring',
      fps: 'text',
    });
  });

  it('calls a key otherwise than a face', () => {
    expect(exampleOf({ type: 'object', required: ['name', 'scopes'], properties: { name: { type: 'string' }, scopes: { type: 'array' } } }, {})).toMatchObject({ name: 'Backend' });
  });

  it('leaves out what may be left out and says nothing', () => {
    expect(exampleOf({ type: 'object', required: ['a'], properties: { a: { type: 'integer' }, b: { type: 'string' }, c: { type: 'boolean', default: true } } }, {})).toEqual({ a: 0, c: true });
  });
});

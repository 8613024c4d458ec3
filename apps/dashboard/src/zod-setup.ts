import { config } from 'zod';

// Before any schema is made: zod's compiled parsers need `new Function`, which the content security policy forbids.
config({ jitless: true });

// Gives an installation the built-in voices and its demo account: tenant, owner, API key, credit. Safe to repeat: what is there stays, with its ids.
//   DATABASE_OWNER_URL           as for migrate.ts
//   DEMO_CREDENTIALS_FILE        JSON with email, password and api_key; read if it exists, else written. Optional
//   SEED_PASSWORD, SEED_API_KEY  take precedence over the file. Without either, new ones are made for a new account only
// Prints JSON: tenant_id, email, and password and api_key as far as they are known.
import { seedDemo } from './demo-account.ts';
import { readCredentials, writeCredentials } from './demo-credentials.ts';

const { DATABASE_OWNER_URL, DEMO_CREDENTIALS_FILE, SEED_PASSWORD, SEED_API_KEY } = process.env;
if (!DATABASE_OWNER_URL) {
  console.error('Set DATABASE_OWNER_URL.');
  process.exit(2);
}

const known = {
  ...(DEMO_CREDENTIALS_FILE ? await readCredentials(DEMO_CREDENTIALS_FILE) : {}),
  ...(SEED_PASSWORD ? { password: SEED_PASSWORD } : {}),
  ...(SEED_API_KEY ? { api_key: SEED_API_KEY } : {}),
};

const result = await seedDemo({
  ownerUrl: DATABASE_OWNER_URL,
  known,
  // Both are stored hashed, so they are written down before the database learns of them: a run that is killed in between loses nothing.
  remember: async (credentials) => {
    if (DEMO_CREDENTIALS_FILE) await writeCredentials(DEMO_CREDENTIALS_FILE, credentials);
  },
  // Someone who keeps a file expects working credentials in it, even if it got lost.
  replaceUnknown: DEMO_CREDENTIALS_FILE !== undefined,
});
console.log(JSON.stringify(result));

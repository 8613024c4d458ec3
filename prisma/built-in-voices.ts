import { listVoices } from '@visavis/speech';
import type pg from 'pg';

/** Makes the voices that everyone has those that libs/speech can speak: sessions may only name voices of the table. */
export async function ensureBuiltInVoices(owner: pg.Client): Promise<void> {
  const voices = listVoices();
  const columns = (['id', 'name', 'language', 'gender', 'engine'] as const).map((column) => voices.map((voice) => voice[column]));
  await owner.query(
    `INSERT INTO voices (id, name, language, gender, engine) SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[])
     ON CONFLICT (id) DO UPDATE SET name = excluded.name, language = excluded.language, gender = excluded.gender, engine = excluded.engine
     WHERE (voices.name, voices.language, voices.gender, voices.engine) IS DISTINCT FROM (excluded.name, excluded.language, excluded.gender, excluded.engine)`,
    columns,
  );
  await owner.query('DELETE FROM voices WHERE tenant_id IS NULL AND id <> ALL ($1)', [columns[0]]);
}

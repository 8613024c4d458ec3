-- What an utterance is called outside: the id that we gave it, or the one that a client chose for its stream. Unique within its session.
ALTER TABLE "utterances" ADD COLUMN "name" TEXT NOT NULL DEFAULT 'utt_' || gen_random_uuid();
ALTER TABLE "utterances" ALTER COLUMN "name" DROP DEFAULT;
CREATE UNIQUE INDEX "utterances_session_id_name_key" ON "utterances"("session_id", "name");
ALTER TABLE utterances ADD CONSTRAINT utterances_name_shape CHECK (name ~ '^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$');

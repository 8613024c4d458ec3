-- What is said when: words and visemes of an utterance, a part at a time, for the readers of events that ask for them.
CREATE TABLE "utterance_timings" (
    "session_id" UUID NOT NULL,
    "utterance" TEXT NOT NULL,
    "start_ms" INTEGER NOT NULL,
    "end_ms" INTEGER NOT NULL,
    "tenant_id" UUID NOT NULL,
    "source" TEXT NOT NULL,
    "words" JSONB NOT NULL,
    "visemes" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "utterance_timings_pkey" PRIMARY KEY ("session_id","utterance","start_ms")
);
ALTER TABLE "utterance_timings" ADD CONSTRAINT "utterance_timings_tenant_id_session_id_fkey" FOREIGN KEY ("tenant_id", "session_id") REFERENCES "sessions"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

ALTER TABLE utterance_timings
  ADD CONSTRAINT utterance_timings_source_known CHECK (source IN ('voice', 'network')),
  ADD CONSTRAINT utterance_timings_words_are_list CHECK (jsonb_typeof(words) = 'array'),
  ADD CONSTRAINT utterance_timings_bounds CHECK (start_ms >= 0 AND end_ms BETWEEN start_ms AND 3600000);

ALTER TABLE utterance_timings ENABLE ROW LEVEL SECURITY;
ALTER TABLE utterance_timings FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_rows ON utterance_timings
  USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
  WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);

GRANT SELECT ON utterance_timings TO visavis_app;
GRANT SELECT, INSERT ON utterance_timings TO visavis_system;
CREATE POLICY system_rows ON utterance_timings TO visavis_system USING (true) WITH CHECK (true);

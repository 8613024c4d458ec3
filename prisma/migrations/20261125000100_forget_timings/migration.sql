-- What was said is kept for a day after its session. Housekeeping finds the old parts by their time, and can't touch those of a session that goes on.
CREATE INDEX "utterance_timings_at_idx" ON "utterance_timings"("at");

GRANT DELETE ON utterance_timings TO visavis_system;
CREATE POLICY system_ended_rows ON utterance_timings AS RESTRICTIVE FOR DELETE TO visavis_system
  USING (EXISTS (SELECT FROM sessions s WHERE s.id = utterance_timings.session_id AND s.state = 'ended'));

-- Avatars made from a clip, and stock avatars: those without a tenant, which everyone may use.
ALTER TABLE "avatars"
  ADD COLUMN "slug" TEXT,
  ADD COLUMN "credit" TEXT,
  ADD COLUMN "voice_id" TEXT,
  ADD COLUMN "preview_video_key" TEXT,
  ALTER COLUMN "tenant_id" DROP NOT NULL;
CREATE UNIQUE INDEX "avatars_slug_key" ON "avatars"("slug");

ALTER TABLE avatars
  DROP CONSTRAINT avatars_kind_known,
  ADD CONSTRAINT avatars_kind_known CHECK (kind IN ('photo', 'video')),
  ADD CONSTRAINT avatars_stock_has_slug CHECK ((tenant_id IS NULL) = (slug IS NOT NULL)),
  ADD CONSTRAINT avatars_slug_shape CHECK (slug ~ '^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$');

-- Everyone may read stock avatars; only the system role, which has no tenant, may add or change them.
CREATE POLICY stock_rows ON avatars FOR SELECT TO visavis_app USING (tenant_id IS NULL);
CREATE POLICY system_adds_stock_rows ON avatars AS RESTRICTIVE FOR INSERT TO visavis_system WITH CHECK (tenant_id IS NULL);
GRANT INSERT, UPDATE (kind, name, source_key, credit, voice_id, preview_video_key) ON avatars TO visavis_system;
-- What an upload is shows only when it has arrived.
GRANT UPDATE (kind) ON avatars TO visavis_app;

-- A session's avatar is its tenant's or a stock avatar. A foreign key with the tenant can say only the first.
ALTER TABLE "sessions" DROP CONSTRAINT "sessions_tenant_id_avatar_id_fkey";
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_avatar_id_fkey" FOREIGN KEY ("avatar_id") REFERENCES "avatars"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;
DROP INDEX "avatars_tenant_id_id_key";
CREATE INDEX "avatars_tenant_id_id_idx" ON "avatars"("tenant_id", "id");
DROP INDEX "sessions_tenant_id_avatar_id_idx";
CREATE INDEX "sessions_avatar_id_idx" ON "sessions"("avatar_id");

CREATE FUNCTION check_session_avatar() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM public.avatars a WHERE a.id = NEW.avatar_id AND (a.tenant_id IS NULL OR a.tenant_id = NEW.tenant_id)) THEN
    RAISE EXCEPTION 'avatar % is not of this tenant', NEW.avatar_id USING ERRCODE = 'foreign_key_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER sessions_avatar_is_theirs BEFORE INSERT OR UPDATE OF tenant_id, avatar_id ON sessions FOR EACH ROW EXECUTE FUNCTION check_session_avatar();

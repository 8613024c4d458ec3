-- What is behind a session's avatar: keep, color, blur, green, transparent or image.
ALTER TABLE "sessions" ADD COLUMN "background" JSONB NOT NULL DEFAULT '{"type": "keep"}';

ALTER TABLE sessions
  ADD CONSTRAINT sessions_background_known CHECK (background ->> 'type' IN ('keep', 'color', 'blur', 'green', 'transparent', 'image'));

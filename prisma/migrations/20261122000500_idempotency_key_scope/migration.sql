-- A key of 255 characters, as documented, and the scope that is stored before it.
ALTER TABLE idempotency_keys
  DROP CONSTRAINT idempotency_keys_key_length,
  ADD CONSTRAINT idempotency_keys_key_length CHECK (length(key) BETWEEN 1 AND 320);

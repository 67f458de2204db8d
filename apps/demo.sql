-- Two users for a demonstration; their numbers are of the range that no telephone has.
INSERT INTO users (id) VALUES ('alice'), ('bob') ON CONFLICT DO NOTHING;
INSERT INTO user_phone_numbers (phone, user_id, verified_at)
VALUES ('+12025550101', 'alice', now()), ('+12025550102', 'alice', now()), ('+12025550103', 'bob', now())
ON CONFLICT DO NOTHING;

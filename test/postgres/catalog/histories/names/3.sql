-- Constraints of a domain come, get other names, become valid and go.
CREATE DOMAIN amount AS int CHECK (VALUE > 0) CHECK (VALUE < 1000);
ALTER DOMAIN amount ADD CHECK (VALUE <> 13);
ALTER DOMAIN amount ADD CONSTRAINT small CHECK (VALUE < 500) NOT VALID;
ALTER DOMAIN amount RENAME CONSTRAINT amount_check1 TO below;
ALTER DOMAIN amount VALIDATE CONSTRAINT small;

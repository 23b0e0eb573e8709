-- A server looks at its superadmins when it starts.

CREATE INDEX users_superadmin ON users (id) WHERE is_superadmin;

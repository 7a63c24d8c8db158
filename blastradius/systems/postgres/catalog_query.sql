-- One JSON document with all that decides about access in the current database, and about the roles of the server.
-- Reads catalogs that every role may read; changes nothing but how names are printed in this session.
SET search_path = '';
SELECT concat_ws(E',\n',
  '{"format": "blastradius.postgres/1"',
  '"server_version_num": ' || current_setting('server_version_num'),
  '"database": ' || to_json(current_database())::text,
  '"taken_at": ' || to_json(date_trunc('second', now() AT TIME ZONE 'UTC'))::text,
  '"roles": [' || coalesce(E'\n' || (
    SELECT string_agg(jsonb_build_object(
      'name', rolname, 'superuser', rolsuper, 'inherit', rolinherit, 'login', rolcanlogin,
      'createrole', rolcreaterole, 'createdb', rolcreatedb, 'replication', rolreplication, 'bypassrls', rolbypassrls
    )::text, E',\n' ORDER BY rolname) FROM pg_roles), '') || ']',
  '"memberships": [' || coalesce(E'\n' || (
    -- The options of a single membership exist since version 16, and are null before.
    SELECT string_agg(jsonb_build_object(
      'role', r.rolname, 'member', m.rolname, 'grantor', g.rolname, 'admin', a.admin_option,
      'inherit', to_jsonb(a) -> 'inherit_option', 'set', to_jsonb(a) -> 'set_option'
    )::text, E',\n' ORDER BY r.rolname, m.rolname, g.rolname)
    FROM pg_auth_members a
    JOIN pg_roles r ON r.oid = a.roleid JOIN pg_roles m ON m.oid = a.member LEFT JOIN pg_roles g ON g.oid = a.grantor), '') || ']',
  '"databases": [' || coalesce(E'\n' || (
    SELECT string_agg(jsonb_build_object(
      'name', datname, 'owner', pg_get_userbyid(datdba), 'template', datistemplate, 'connectable', datallowconn,
      'acl', coalesce(datacl, acldefault('d', datdba))::text[]
    )::text, E',\n' ORDER BY datname) FROM pg_database), '') || ']',
  '"tablespaces": [' || coalesce(E'\n' || (
    SELECT string_agg(jsonb_build_object(
      'name', spcname, 'owner', pg_get_userbyid(spcowner), 'acl', coalesce(spcacl, acldefault('t', spcowner))::text[]
    )::text, E',\n' ORDER BY spcname) FROM pg_tablespace), '') || ']',
  '"parameters": [' || coalesce(E'\n' || (
    -- Since version 15; leave these three lines out for an older server.
    SELECT string_agg(jsonb_build_object('name', parname, 'acl', paracl::text[])::text, E',\n' ORDER BY parname)
    FROM pg_parameter_acl), '') || ']',
  '"schemas": [' || coalesce(E'\n' || (
    SELECT string_agg(jsonb_build_object(
      'name', nspname, 'owner', pg_get_userbyid(nspowner), 'acl', coalesce(nspacl, acldefault('n', nspowner))::text[]
    )::text, E',\n' ORDER BY nspname)
    FROM pg_namespace WHERE nspname <> 'information_schema' AND nspname !~ '^pg_(toast|temp_)'), '') || ']',
  '"relations": [' || coalesce(E'\n' || (
    SELECT string_agg(jsonb_strip_nulls(jsonb_build_object(
      'schema', n.nspname, 'name', c.relname, 'kind', c.relkind, 'owner', pg_get_userbyid(c.relowner),
      'acl', coalesce(c.relacl, acldefault(CASE WHEN c.relkind = 'S' THEN 's' ELSE 'r' END::"char", c.relowner))::text[],
      'row_security', nullif(c.relrowsecurity, false), 'forced', nullif(c.relforcerowsecurity, false),
      'invoker', (SELECT true FROM unnest(c.reloptions) o WHERE o ~* '^security_invoker=(on|true|1|yes)$' LIMIT 1),
      'columns', (SELECT jsonb_object_agg(t.attname, t.attacl::text[]) FROM pg_attribute t
                  WHERE t.attrelid = c.oid AND t.attacl IS NOT NULL AND NOT t.attisdropped)
    ))::text, E',\n' ORDER BY n.nspname, c.relname)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_(toast|temp_)'
      AND (n.nspname <> 'pg_catalog'
        -- Of the server's own catalogs: what holds keys and passwords, and what somebody changed the privileges of.
        OR c.oid IN ('pg_catalog.pg_authid'::regclass, 'pg_catalog.pg_user_mapping'::regclass)
        OR c.relacl IS DISTINCT FROM (SELECT i.initprivs FROM pg_init_privs i
             WHERE i.objoid = c.oid AND i.classoid = 'pg_class'::regclass AND i.objsubid = 0))), '') || ']',
  '"routines": [' || coalesce(E'\n' || (
    SELECT string_agg(jsonb_strip_nulls(jsonb_build_object(
      'schema', n.nspname, 'name', p.proname, 'arguments', oidvectortypes(p.proargtypes), 'kind', p.prokind,
      'owner', pg_get_userbyid(p.proowner), 'acl', coalesce(p.proacl, acldefault('f', p.proowner))::text[],
      'definer', nullif(p.prosecdef, false),
      'trigger', nullif(p.prorettype IN ('trigger'::regtype, 'event_trigger'::regtype), false)
    ))::text, E',\n' ORDER BY n.nspname, p.proname, oidvectortypes(p.proargtypes))
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname <> 'information_schema' AND n.nspname !~ '^pg_(toast|temp_)'
      AND (n.nspname <> 'pg_catalog'
        OR p.proacl IS DISTINCT FROM (SELECT i.initprivs FROM pg_init_privs i
             WHERE i.objoid = p.oid AND i.classoid = 'pg_proc'::regclass AND i.objsubid = 0))), '') || ']',
  '"types": [' || coalesce(E'\n' || (
    SELECT string_agg(jsonb_build_object(
      'schema', n.nspname, 'name', t.typname, 'owner', pg_get_userbyid(t.typowner),
      'acl', coalesce(t.typacl, acldefault('T', t.typowner))::text[]
    )::text, E',\n' ORDER BY n.nspname, t.typname)
    FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace LEFT JOIN pg_class c ON c.oid = t.typrelid
    WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp_)'
      AND t.typelem = 0 AND t.typtype <> 'm' AND (t.typtype <> 'c' OR c.relkind = 'c')), '') || ']',
  '"languages": [' || coalesce(E'\n' || (
    SELECT string_agg(jsonb_build_object(
      'name', lanname, 'owner', pg_get_userbyid(lanowner), 'acl', coalesce(lanacl, acldefault('l', lanowner))::text[]
    )::text, E',\n' ORDER BY lanname)
    FROM pg_language WHERE lanpltrusted), '') || ']',
  '"wrappers": [' || coalesce(E'\n' || (
    SELECT string_agg(jsonb_build_object(
      'name', fdwname, 'owner', pg_get_userbyid(fdwowner), 'acl', coalesce(fdwacl, acldefault('F', fdwowner))::text[]
    )::text, E',\n' ORDER BY fdwname) FROM pg_foreign_data_wrapper), '') || ']',
  '"servers": [' || coalesce(E'\n' || (
    SELECT string_agg(jsonb_build_object(
      'name', srvname, 'owner', pg_get_userbyid(srvowner), 'acl', coalesce(srvacl, acldefault('S', srvowner))::text[]
    )::text, E',\n' ORDER BY srvname) FROM pg_foreign_server), '') || ']',
  '"large_objects": [' || coalesce(E'\n' || (
    SELECT string_agg(jsonb_build_object(
      'name', oid::text, 'owner', pg_get_userbyid(lomowner), 'acl', coalesce(lomacl, acldefault('L', lomowner))::text[]
    )::text, E',\n' ORDER BY oid) FROM pg_largeobject_metadata), '') || ']',
  '"defaults": [' || coalesce(E'\n' || (
    SELECT string_agg(jsonb_build_object(
      'role', pg_get_userbyid(d.defaclrole), 'schema', n.nspname, 'kind', d.defaclobjtype, 'acl', d.defaclacl::text[]
    )::text, E',\n' ORDER BY pg_get_userbyid(d.defaclrole), n.nspname, d.defaclobjtype)
    FROM pg_default_acl d LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace), '') || ']',
  '"policies": [' || coalesce(E'\n' || (
    SELECT string_agg(jsonb_build_object(
      'schema', schemaname, 'table', tablename, 'name', policyname, 'permissive', permissive = 'PERMISSIVE',
      'roles', array_remove(roles, 'public'::name)::text[], 'command', cmd, 'using', qual, 'check', with_check
    )::text, E',\n' ORDER BY schemaname, tablename, policyname) FROM pg_policies), '') || ']}'
);

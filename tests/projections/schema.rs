//! After a rebuild the schema is as the migrations made it.

use crate::server::{Deployment, mix, on_both};

on_both! {
    indexes_and_constraints_stay
}

const POSTGRES: &str = "
    SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT relname || ' ' || coalesce(array_to_string(reloptions, ','), '') || ' ' || relpersistence::text || ' '
        || coalesce(relacl::text, '') FROM pg_class WHERE relnamespace = 'public'::regnamespace
    UNION ALL SELECT table_name || ' ' || column_name || ' ' || data_type || ' ' || is_nullable || ' '
        || coalesce(column_default, '') FROM information_schema.columns WHERE table_schema = 'public'
    ORDER BY 1";

/// Renaming a table quotes its name; that is all that may change.
const SQLITE: &str = "SELECT type || ' ' || name || ' ' || tbl_name || ' ' || coalesce(replace(sql, '\"', ''), '') \
     FROM sqlite_master ORDER BY 1";

async fn indexes_and_constraints_stay(deployment: Deployment) {
    let server = deployment.serve().await;
    mix(&server).await;
    let catalogue = if deployment.is_postgres() {
        deployment.sql("CREATE ROLE reporting; GRANT SELECT ON organizations TO reporting").await;
        POSTGRES
    } else {
        SQLITE
    };
    let before = deployment.sql(catalogue).await;
    assert!(before.contains("memberships_user"), "{before}");
    for _ in 0..2 {
        deployment.rebuild().await;
        assert_eq!(deployment.sql(catalogue).await, before);
    }
    server.create("Afterwards").await;
    deployment.assert_clean().await;
}

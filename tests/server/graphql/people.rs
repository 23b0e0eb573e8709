//! Members, invitations, roles, teams and workspaces: what REST shows, as fields of their organization.

use serde_json::{Value, json};

use super::graph::{camel, data, nodes, queries, query};
use crate::support::Server;

both!(
    an_organization_has_what_rest_lists,
    a_field_needs_its_permission_and_the_rest_is_answered,
    the_cursors_are_those_of_rest,
    filters_narrow_a_list_of_one_and_of_many,
    many_organizations_cost_as_many_queries_as_two,
    callers_find_where_they_belong,
);

const PATH: &str = "/api/v1/organizations";

async fn an_organization_has_what_rest_lists(server: Server) {
    server.organization("acme").await;
    let jane = server.member("acme", "jane@example.com", "developer").await;
    server.member("acme", "joe@example.com", "viewer").await;
    let role = json!({ "key": "clerk", "name": "Clerk", "permissions": ["organization:read", "members:*"] });
    server.post(&format!("{PATH}/acme/roles")).json(role).send().await.expect(201);
    let invite = json!({ "email": "ann@example.com", "role": "clerk" });
    server.post(&format!("{PATH}/acme/members/invite")).json(invite).send().await.expect(201);
    let team =
        server.post(&format!("{PATH}/acme/teams")).json(json!({ "name": "Engineering" })).send().await.expect(201);
    let place = format!("{PATH}/acme/teams/{}/members/{}", team.id(), jane.id);
    server.put(&place).send().await.expect(200);

    let text = r#"{ organization(slug: "acme") {
        members { edges { node { user { id email name } role { key name } status joinedAt } } }
        invitations { edges { node { id email role workspaceId status expiresAt invitedBy { id name } createdAt } } }
        roles { key name description permissions builtIn memberCount }
        teams(first: 5) { edges { node { id name description memberCount createdAt updatedAt
            members(first: 5) { edges { node { user { id email name } addedAt } } } } } }
        workspaces { edges { node { id name slug description isDefault status createdAt updatedAt } } }
    } }"#;
    let mut shown = data(query(&server, text)).await["organization"].take();
    let rest = async |list: &str| camel(&server.get(&format!("{PATH}/acme/{list}")).send().await.expect(200).json);
    let upper = |mut rows: Value| {
        for row in rows.as_array_mut().into_iter().flatten() {
            row["status"] = row["status"].as_str().map(str::to_uppercase).into();
        }
        rows
    };
    assert_eq!(Value::from(nodes(&shown["members"])), upper(rest("members").await));
    let mut invitations = upper(rest("invitations").await);
    for row in invitations.as_array_mut().expect("rows") {
        let workspace = row.as_object_mut().expect("a row").remove("workspace").expect("a workspace");
        row["workspaceId"] = workspace;
    }
    assert_eq!(Value::from(nodes(&shown["invitations"])), invitations);
    assert_eq!(shown["roles"], rest("roles").await);
    let mut workspaces = upper(rest("workspaces").await);
    workspaces.as_array_mut().expect("rows").iter_mut().for_each(|row| {
        row.as_object_mut().expect("a row").remove("organizationId");
    });
    assert_eq!(Value::from(nodes(&shown["workspaces"])), workspaces);
    let mut teams = nodes(&shown["teams"].take());
    let members = teams[0]["members"].take();
    teams[0].as_object_mut().expect("a team").remove("members");
    let mut listed = rest("teams").await;
    listed[0].as_object_mut().expect("a team").remove("organizationId");
    assert_eq!(Value::from(teams), listed);
    assert_eq!(Value::from(nodes(&members)), rest(&format!("teams/{}/members", team.id())).await);
}

async fn a_field_needs_its_permission_and_the_rest_is_answered(server: Server) {
    server.organization("acme").await;
    let viewer = server.member("acme", "vera@example.com", "viewer").await;
    let text = r#"{ organization(slug: "acme") {
        name members { edges { node { status } } } roles { key } invitations { edges { node { id } } }
        teams { edges { node { name } } } } }"#;
    let reply = query(&server, text).by(&viewer).send().await.expect(200);
    let organization = &reply["data"]["organization"];
    assert_eq!(organization["name"], "acme");
    assert_eq!(organization["teams"]["edges"], json!([]));
    for field in ["members", "roles", "invitations"] {
        assert_eq!(organization[field], Value::Null, "{reply}");
    }
    let mut missing: Vec<_> = reply["errors"]
        .as_array()
        .expect("errors")
        .iter()
        .map(|error| {
            assert_eq!(error["extensions"]["code"], "missing_permission", "{error}");
            error["extensions"]["permission"].as_str().expect("a permission")
        })
        .collect();
    missing.sort_unstable();
    assert_eq!(missing, ["members:invite", "members:read", "roles:read"]);
}

async fn the_cursors_are_those_of_rest(server: Server) {
    let acme = server.organization("acme").await;
    for n in 0..4 {
        server
            .post(&format!("{PATH}/acme/teams"))
            .json(json!({ "name": format!("team {n}") }))
            .send()
            .await
            .expect(201);
    }
    let page = async |after: &str| {
        let text = format!(
            r#"{{ organization(id: "{}") {{ teams(first: 2{after}) {{
                pageInfo {{ hasNextPage endCursor }} edges {{ node {{ name }} }} }} }} }}"#,
            acme.id()
        );
        data(query(&server, &text)).await["organization"]["teams"].take()
    };
    let first = page("").await;
    assert_eq!(nodes(&first), [json!({ "name": "team 3" }), json!({ "name": "team 2" })]);
    assert_eq!(first["pageInfo"]["hasNextPage"], true);
    let cursor = first["pageInfo"]["endCursor"].as_str().expect("a cursor");
    let second = page(&format!(r#", after: "{cursor}""#)).await;
    assert_eq!(nodes(&second), [json!({ "name": "team 1" }), json!({ "name": "team 0" })]);
    assert_eq!(second["pageInfo"]["hasNextPage"], false);
    let rest = server.get(&format!("{PATH}/{}/teams?limit=2&cursor={cursor}", acme.id())).send().await.expect(200);
    assert_eq!(rest.each("name"), ["team 1", "team 0"]);
}

async fn filters_narrow_a_list_of_one_and_of_many(server: Server) {
    for slug in ["acme", "beta"] {
        server.organization(slug).await;
        server
            .post(&format!("{PATH}/{slug}/members/invite"))
            .json(json!({ "email": "ann@example.com", "role": "viewer" }))
            .send()
            .await
            .expect(201);
    }
    server.member("acme", "jane@example.com", "developer").await;
    server.member("beta", "jack@example.com", "viewer").await;
    let text = r#"{ organizations { edges { node { slug
        members(first: 5, role: "developer") { edges { node { user { email } } } } } } } }"#;
    let found = data(query(&server, text)).await;
    let emails: Vec<_> = nodes(&found["organizations"])
        .iter()
        .filter(|node| node["slug"] != "personal")
        .flat_map(|node| nodes(&node["members"]))
        .map(|node| node["user"]["email"].clone())
        .collect();
    assert_eq!(emails, ["jane@example.com"]);
    let text = r#"{ organizations { edges { node { slug members(first: 5, search: "JAC") { edges { node { user { email } } } }
        invitations(first: 5, status: PENDING) { edges { node { email } } } } } } }"#;
    let found = data(query(&server, text)).await;
    let of = |slug: &str| nodes(&found["organizations"]).into_iter().find(|node| node["slug"] == slug).expect(slug);
    assert_eq!((nodes(&of("acme")["members"]).len(), nodes(&of("beta")["members"]).len()), (0, 1));
    assert_eq!(nodes(&of("acme")["invitations"]), [json!({ "email": "ann@example.com" })]);
    let text = r#"{ organization(slug: "acme") { invitations(status: REVOKED) { edges { node { email } } } } }"#;
    assert!(nodes(&data(query(&server, text)).await["organization"]["invitations"]).is_empty());
}

async fn many_organizations_cost_as_many_queries_as_two(server: Server) {
    for n in 0..50 {
        server.organization(&format!("org-{n}")).await;
    }
    let cost = async |first: i64| {
        let text = format!(
            "{{ organizations(first: {first}) {{ edges {{ node {{ members(first: 1) {{ edges {{ node {{ user {{ id }} }} }} }} \
             roles {{ key }} }} }} }} }}"
        );
        let before = queries(&server).await;
        let found = data(query(&server, &text)).await;
        let rows = nodes(&found["organizations"]);
        assert_eq!(i64::try_from(rows.len()), Ok(first));
        assert!(
            rows.iter()
                .all(|row| nodes(&row["members"]).len() == 1 && row["roles"].as_array().is_some_and(|r| r.len() == 5))
        );
        queries(&server).await - before
    };
    let two = cost(2).await;
    assert_eq!(cost(50).await, two);
    assert!(two <= 6, "{two} queries");
}

async fn callers_find_where_they_belong(server: Server) {
    server.organization("acme").await;
    let jane = server.member("acme", "jane@example.com", "viewer").await;
    let text = "{ me { id email name memberships { organization { slug isPersonal } role { key name } permissions status } } }";
    let me = data(query(&server, text).by(&jane)).await["me"].take();
    assert_eq!((&me["id"], &me["email"], &me["name"]), (&json!(jane.id), &json!(jane.email), &json!("Jane")));
    let memberships = me["memberships"].as_array().expect("memberships");
    assert_eq!(memberships.len(), 2);
    let acme = memberships.iter().find(|place| place["organization"]["slug"] == "acme").expect("a place in acme");
    assert_eq!((&acme["role"], &acme["status"]), (&json!({ "key": "viewer", "name": "Viewer" }), &json!("ACTIVE")));
    let part = async |arguments: &str| {
        let text = format!("{{ me {{ memberships({arguments}) {{ organization {{ id slug }} }} }} }}");
        data(query(&server, &text).by(&jane)).await["me"]["memberships"].take()
    };
    let first = part("first: 1").await;
    assert_eq!(first[0]["organization"]["slug"], memberships[0]["organization"]["slug"]);
    let second = part(&format!("first: 1, after: {}", first[0]["organization"]["id"])).await;
    assert_eq!(second[0]["organization"]["slug"], memberships[1]["organization"]["slug"]);
    assert_eq!(part(&format!("after: {}", second[0]["organization"]["id"])).await, json!([]));
    let permissions = acme["permissions"].as_array().expect("permissions");
    assert!(permissions.contains(&json!("organization:read")) && !permissions.contains(&json!("members:read")));
    // Nobody else's organizations are among them.
    server.organization("other").await;
    let listed = data(query(&server, "{ organizations { edges { node { slug } } } }").by(&jane)).await;
    assert_eq!(nodes(&listed["organizations"]).len(), 2);
    let other = query(&server, r#"{ organization(slug: "other") { name } }"#).by(&jane).send().await.expect(200);
    assert_eq!(other["errors"][0]["extensions"]["code"], "not_a_member");
}

//! Routes with their descriptions, before it is settled where they are.

use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};

use super::App;

/// The routes of a resource, by paths below wherever they are put.
///
/// They are put there by writing their paths out. Nesting routers comes to the same, but costs every request the work of
/// each router around its handler.
#[derive(Default)]
pub struct Routes(Vec<UtoipaMethodRouter<App>>);

impl Routes {
    pub fn new() -> Self {
        Self::default()
    }

    /// What `routes!` makes of handlers of one path.
    pub fn routes(mut self, routes: UtoipaMethodRouter<App>) -> Self {
        self.0.push(routes);
        self
    }

    pub fn merge(mut self, others: Self) -> Self {
        self.0.extend(others.0);
        self
    }

    /// All of them below a path; an empty one leaves them where they are.
    pub fn at(self, prefix: &str) -> OpenApiRouter<App> {
        self.0.into_iter().fold(OpenApiRouter::new(), |router, (schemas, mut paths, handlers)| {
            paths.paths = paths.paths.into_iter().map(|(path, item)| (format!("{prefix}{path}"), item)).collect();
            router.routes((schemas, paths, handlers))
        })
    }
}

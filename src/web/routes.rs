//! Routes with their descriptions, before it is settled where they are.

use utoipa::openapi::HttpMethod;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};

use super::{
    App,
    describe::{Described, Handler},
};

/// The handlers of one path, each for its method, with what they say of themselves.
macro_rules! routes {
    ($($handler:ident),+ $(,)?) => {
        $crate::web::Route::new(utoipa_axum::routes!($($handler),+))$(.describing(
            utoipa_axum::paste! { <[<__path_ $handler>] as utoipa::Path>::methods() },
            &$handler,
        ))+
    };
}
pub(crate) use routes;

/// The handlers of one path with their description.
pub struct Route(UtoipaMethodRouter<App>);

impl Route {
    pub fn new(route: UtoipaMethodRouter<App>) -> Self {
        Self(route)
    }

    /// With what the arguments and the answer of a handler say.
    pub fn describing<Arguments>(mut self, methods: Vec<HttpMethod>, handler: &impl Handler<Arguments>) -> Self {
        let (schemas, paths, _) = &mut self.0;
        for (path, item) in &mut paths.paths {
            for method in &methods {
                let operation = match method {
                    HttpMethod::Get => &mut item.get,
                    HttpMethod::Put => &mut item.put,
                    HttpMethod::Post => &mut item.post,
                    HttpMethod::Delete => &mut item.delete,
                    HttpMethod::Patch => &mut item.patch,
                    HttpMethod::Options | HttpMethod::Head | HttpMethod::Trace => continue,
                };
                if let Some(operation) = operation {
                    let mut described = Described::new(path, operation, schemas);
                    handler.describe(&mut described);
                    described.finish();
                }
            }
        }
        self
    }
}

impl From<UtoipaMethodRouter<App>> for Route {
    fn from(route: UtoipaMethodRouter<App>) -> Self {
        Self(route)
    }
}

/// The routes of a resource, by paths below wherever they are put.
///
/// They are put there by writing their paths out. Nesting routers comes to the same, but costs every request the work of
/// each router around its handler.
#[derive(Default)]
pub struct Routes(Vec<Route>);

impl Routes {
    pub fn new() -> Self {
        Self::default()
    }

    /// What `routes!` makes of handlers of one path.
    pub fn routes(mut self, route: impl Into<Route>) -> Self {
        self.0.push(route.into());
        self
    }

    pub fn merge(mut self, others: Self) -> Self {
        self.0.extend(others.0);
        self
    }

    /// All of them below a path; an empty one leaves them where they are.
    pub fn at(self, prefix: &str) -> OpenApiRouter<App> {
        self.0.into_iter().fold(OpenApiRouter::new(), |router, Route((schemas, mut paths, handlers))| {
            paths.paths = paths.paths.into_iter().map(|(path, item)| (format!("{prefix}{path}"), item)).collect();
            router.routes((schemas, paths, handlers))
        })
    }
}

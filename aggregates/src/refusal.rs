//! Why something is refused, in the words by which programs tell it apart.

use std::{error::Error, fmt::Display};

use serde_json::Value;

/// A reason to refuse a command. Its text is the detail that people read.
pub trait Refusal: Error + Send + Sync + 'static {
    /// The stable code of the problem. What a code means is said once for all, in the table of problems.
    fn code(&self) -> &'static str;

    /// The field of the request that is at fault, where it is one: a JSON Pointer into the body, or `?` and the name of
    /// a query parameter.
    fn pointer(&self) -> Option<&'static str> {
        None
    }

    /// What is wrong with which field.
    fn fields(&self) -> Vec<RefusedField> {
        self.pointer().map(|pointer| RefusedField::new(pointer, self)).into_iter().collect()
    }

    /// What programs get beside the code.
    fn members(&self) -> Vec<(&'static str, Value)> {
        vec![]
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedField {
    pub pointer: String,
    pub detail: String,
}

impl RefusedField {
    pub fn new(pointer: impl Into<String>, detail: impl Display) -> Self {
        Self { pointer: pointer.into(), detail: detail.to_string() }
    }
}

/// The [`Refusal`] of an error: which case says which code, and at which field. What follows in a second pair of braces
/// are further functions of the trait. The codes are listed as well, so that a test can look all of them up.
macro_rules! refusal {
    (
        $error:ident { $($case:pat $(if $guard:expr)? => $code:literal $(at $pointer:literal)?,)+ }
        $({ $($more:tt)+ })?
    ) => {
        impl $error {
            /// The codes that it can say.
            pub const CODES: &'static [&'static str] = &[$($code,)+];
        }

        impl crate::refusal::Refusal for $error {
            fn code(&self) -> &'static str {
                match self { $($case $(if $guard)? => $code,)+ }
            }

            fn pointer(&self) -> Option<&'static str> {
                match self { $($case $(if $guard)? => None$(.or(Some($pointer)))?,)+ }
            }

            $($($more)+)?
        }
    };
}
pub(crate) use refusal;

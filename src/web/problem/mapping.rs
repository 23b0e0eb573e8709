//! Which problem an error is to the caller.

use aggregates::refusal::{Refusal, RefusedField};

use super::{Code, FieldProblem, Problem};
use crate::{
    commands,
    database::{self, chain},
    ledger, readmodel,
};

impl From<commands::Error> for Problem {
    fn from(error: commands::Error) -> Self {
        use commands::Error;
        match error {
            Error::Refused(refusal) => Self::refused(&*refusal),
            Error::SignedOut => Self::not_authenticated(),
            Error::Ledger(error) => error.into(),
            Error::Read(error) => error.into(),
        }
    }
}

impl<R: Refusal> From<R> for Problem {
    fn from(refusal: R) -> Self {
        Self::refused(&refusal)
    }
}

impl Problem {
    /// A refusal says its code, its fields and its members itself.
    fn refused(refusal: &dyn Refusal) -> Self {
        let code = Code::named(refusal.code());
        if code == Code::Internal {
            tracing::error!(error = %refusal, "the product refused what it asked for itself");
            return Self::new(code);
        }
        let errors: Vec<_> = refusal.fields().into_iter().map(FieldProblem::from).collect();
        let problem = match code {
            Code::Invalid => Self::invalid(errors),
            code => Self { errors, ..Self::with_detail(code, refusal.to_string()) },
        };
        refusal.members().into_iter().fold(problem, |problem, (name, value)| problem.member(name, value))
    }
}

impl From<RefusedField> for FieldProblem {
    fn from(field: RefusedField) -> Self {
        Self { pointer: field.pointer, detail: field.detail }
    }
}

impl From<readmodel::Error> for Problem {
    fn from(error: readmodel::Error) -> Self {
        commands::Error::from(error).into()
    }
}

impl From<ledger::Error> for Problem {
    fn from(error: ledger::Error) -> Self {
        use ledger::Error;
        match &error {
            Error::Conflict(_) | Error::Overtaken { .. } => Self::new(Code::Overtaken),
            Error::Taken { kind, .. } => Self::new(Code::named(kind.taken())),
            // The token was copied: the session is over, see the command that refreshes.
            Error::RefreshUsed => Self::invalid_token(),
            Error::LimitReached { counter, limit, current } => {
                let code = Code::named(counter.limit_reached());
                Self::with_detail(code, error.to_string()).member("limit", *limit).member("current", *current)
            }
            Error::Unversioned => Self::with_detail(Code::NotSupported, error.to_string()),
            Error::VersionMismatch { .. } | Error::NothingToMatch => {
                Self::with_detail(Code::VersionMismatch, error.to_string())
            }
            Error::NoRow => Self::new(Code::NotFound),
            Error::IdempotencyMismatch => Self::new(Code::IdempotencyKeyReused),
            Error::Busy => Self::new(Code::Busy),
            Error::Stopping => Self::with_detail(Code::Unavailable, "This node is stopping"),
            Error::Outdated => Self::new(Code::Outdated),
            Error::Away(_) => Self::new(Code::Unavailable),
            Error::Full(_) => Self::new(Code::StorageFull),
            Error::OutcomeUnknown => Self::new(Code::OutcomeUnknown),
            Error::Unprojectable(_)
            | Error::Unrenderable(_)
            | Error::Unreadable(_)
            | Error::Broken(_)
            | Error::Database(_) => {
                tracing::error!(error = %chain(&error), "a command met something unexpected");
                Self::new(Code::Internal)
            }
        }
    }
}

impl From<database::Error> for Problem {
    fn from(error: database::Error) -> Self {
        ledger::Error::from(error).into()
    }
}

#[cfg(test)]
mod tests {
    use aggregates::codes;

    use super::*;
    use crate::ledger::Counter;

    #[test]
    fn what_a_refusal_says_is_in_the_table() {
        for code in codes::all().chain(Counter::ALL.iter().map(|counter| counter.limit_reached())) {
            assert_eq!(Code::named(code).as_str(), code);
        }
    }
}

//! Structured logs, on standard error.

use std::{
    fmt::{self, Write},
    io::IsTerminal,
};

use serde_json::Value;
use tracing::{
    field::{Field, Visit},
    span::Record,
};
use tracing_subscriber::{
    EnvFilter,
    field::RecordFields,
    fmt::{FormatFields, FormattedFields, format::Writer, layer},
    layer::SubscriberExt,
    util::SubscriberInitExt,
};

use crate::config::{LogFormat, Settings};

pub fn init(settings: &Settings) {
    let filter = EnvFilter::try_new(&settings.log).unwrap_or_else(|_| EnvFilter::new("info"));
    let terminal = std::io::stderr().is_terminal();
    let format = settings.log_format.unwrap_or(if terminal { LogFormat::Pretty } else { LogFormat::Json });
    let registry = tracing_subscriber::registry().with(filter);
    // A second subscriber in one process is refused; the first one stays.
    let _ = match format {
        LogFormat::Pretty => registry.with(layer().with_ansi(terminal).with_writer(std::io::stderr)).try_init(),
        LogFormat::Json => {
            let json = layer().json().flatten_event(true).fmt_fields(SpanFields).with_writer(std::io::stderr);
            registry.with(json).try_init()
        }
    };
}

/// What the fields of most spans fit in, in bytes.
const USUAL: usize = 128;

/// Writes the fields of a span as a JSON object, as they come. Every request has a span and few have a line, so that what
/// this costs is paid far more often than it is read; the library's own way there is by a map of values.
struct SpanFields;

impl<'writer> FormatFields<'writer> for SpanFields {
    fn format_fields<R: RecordFields>(&self, writer: Writer<'writer>, fields: R) -> fmt::Result {
        write(writer, "{", fields)
    }

    fn add_fields(&self, current: &'writer mut FormattedFields<Self>, fields: &Record<'_>) -> fmt::Result {
        // The object goes on where it ended.
        let begin = match current.fields.pop() {
            None => "{",
            Some(_) if current.fields == "{" => "",
            Some(_) => ",",
        };
        write(current.as_writer(), begin, fields)
    }
}

fn write<R: RecordFields>(mut writer: Writer<'_>, begin: &'static str, fields: R) -> fmt::Result {
    let mut object = Object { text: String::with_capacity(USUAL), before: begin };
    fields.record(&mut object);
    // Where there was no field, nothing was begun.
    object.text.push_str(if object.before == "{" { "{}" } else { "}" });
    writer.write_str(&object.text)
}

struct Object {
    text: String,
    /// What stands before the next field.
    before: &'static str,
}

impl Object {
    /// The value is JSON.
    fn field(&mut self, field: &Field, value: impl fmt::Display) {
        self.begin(field);
        // A String takes whatever is written.
        let _ = write!(self.text, "{value}");
    }

    fn text(&mut self, field: &Field, value: &str) {
        self.begin(field);
        self.push(value);
    }

    fn begin(&mut self, field: &Field) {
        self.text.push_str(self.before);
        self.before = ",";
        self.push(field.name());
        self.text.push(':');
    }

    /// A JSON string.
    fn push(&mut self, text: &str) {
        let plain = text.bytes().all(|byte| (b' '..=b'~').contains(&byte) && !matches!(byte, b'"' | b'\\'));
        if plain {
            self.text.push('"');
            self.text.push_str(text);
            self.text.push('"');
        } else {
            self.text.push_str(&Value::from(text).to_string());
        }
    }
}

impl Visit for Object {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.text(field, &format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.text(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.field(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.field(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.field(field, value);
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io,
        sync::{Arc, Mutex},
    };

    use serde_json::json;
    use tracing_subscriber::fmt::MakeWriter;

    use super::*;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().expect("no panic").write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl<'a> MakeWriter<'a> for Lines {
        type Writer = Self;

        fn make_writer(&'a self) -> Self {
            self.clone()
        }
    }

    /// The span on the line that is written within it.
    fn logged(span: impl FnOnce() -> tracing::Span) -> Value {
        let lines = Lines::default();
        let json = layer().json().flatten_event(true).fmt_fields(SpanFields).with_writer(lines.clone());
        tracing::subscriber::with_default(tracing_subscriber::registry().with(json), || {
            span().in_scope(|| tracing::info!("a line"));
        });
        let line = lines.0.lock().expect("no panic").clone();
        let mut line: Value = serde_json::from_slice(&line).expect("JSON");
        line["span"].take()
    }

    #[test]
    fn a_span_s_fields_are_json() {
        use tracing::field::Empty;
        let shown = logged(|| tracing::info_span!("all", text = "a \"b\" \\ \n é", n = -1, many = 7_u64, yes = true));
        assert_eq!(shown, json!({ "name": "all", "text": "a \"b\" \\ \n é", "n": -1, "many": 7, "yes": true }));
        let shown =
            logged(|| tracing::info_span!("some", shown = display("x\ty"), debugged = debug("z"), none = Empty));
        assert_eq!(shown, json!({ "name": "some", "shown": "x\ty", "debugged": "\"z\"" }));
        assert_eq!(logged(|| tracing::info_span!("none")), json!({ "name": "none" }));
    }

    #[test]
    fn fields_can_come_later() {
        use tracing::field::Empty;
        let shown = logged(|| {
            let span = tracing::info_span!("later", first = "1", second = Empty, third = Empty);
            span.record("second", "2").record("third", 3).record("first", "one");
            span
        });
        assert_eq!(shown, json!({ "name": "later", "first": "one", "second": "2", "third": 3 }));
        let shown = logged(|| {
            let span = tracing::info_span!("later", only = Empty);
            span.record("only", "1");
            span
        });
        assert_eq!(shown, json!({ "name": "later", "only": "1" }));
    }
}

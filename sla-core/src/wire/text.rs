//! JSON objects written straight into text, field by field.

use serde::Serialize;

/// An object on one line, without its closing brace.
pub(super) struct ObjectText(Vec<u8>);

impl ObjectText {
    pub(super) fn new() -> Self {
        Self(vec![b'{'])
    }

    /// Goes on with an object that is text already.
    pub(super) fn of(object: String) -> Self {
        let mut text = object.into_bytes();
        text.pop();
        Self(text)
    }

    /// Adds a field.
    pub(super) fn field(mut self, name: &str, value: &impl Serialize) -> Self {
        self.name(name);
        put(&mut self.0, value);
        self
    }

    /// Adds a field whose value is JSON text already.
    pub(super) fn text(mut self, name: &str, json: &str) -> Self {
        self.name(name);
        self.0.extend_from_slice(json.as_bytes());
        self
    }

    /// Adds all fields of a value that is written as an object.
    pub(super) fn fields(mut self, value: &impl Serialize) -> Self {
        self.separate();
        let start = self.0.len();
        put(&mut self.0, value);
        // The braces around them go.
        self.0.remove(start);
        self.0.pop();
        self
    }

    pub(super) fn finish(mut self) -> String {
        self.0.push(b'}');
        // INVARIANT: serde_json writes UTF-8.
        String::from_utf8(self.0).unwrap_or_default()
    }

    fn separate(&mut self) {
        if self.0.len() > 1 {
            self.0.push(b',');
        }
    }

    fn name(&mut self, name: &str) {
        self.separate();
        put(&mut self.0, &name);
        self.0.push(b':');
    }
}

/// Joins JSON texts into a list, on one line.
pub(super) fn list(texts: impl IntoIterator<Item = String>) -> String {
    let mut list = String::from("[");
    for text in texts {
        if list.len() > 1 {
            list.push(',');
        }
        list.push_str(&text);
    }
    list.push(']');
    list
}

fn put(text: &mut Vec<u8>, value: &impl Serialize) {
    // INVARIANT: documents have text keys only and hold no number that JSON cannot write.
    let _ = serde_json::to_writer(text, value);
}

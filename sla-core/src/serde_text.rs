//! Types that documents write as a text with a form of its own.

/// Implements serde for a type by its `Display` and its own reader.
///
/// The type is read as a newtype of its name, so that a deserializer that knows the name can report the reader's own
/// error; any other shows it as text.
macro_rules! serde_as_text {
    ($name:ident, $read:expr) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Visitor;

                impl<'de> serde::de::Visitor<'de> for Visitor {
                    type Value = $name;

                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str("a string")
                    }

                    fn visit_newtype_struct<D: serde::Deserializer<'de>>(self, inner: D) -> Result<$name, D::Error> {
                        inner.deserialize_str(self)
                    }

                    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<$name, E> {
                        ($read)(text).map_err(E::custom)
                    }
                }
                deserializer.deserialize_newtype_struct(stringify!($name), Visitor)
            }
        }
    };
}

pub(crate) use serde_as_text;

/// Implements `Serialize` for a type by a document made of it, because the document says more than the type holds.
macro_rules! serialize_as {
    ($name:ty, $title:literal, $document:ty, $make:expr) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let make: fn(&$name) -> $document = $make;
                make(self).serialize(serializer)
            }
        }

        #[cfg(feature = "schema")]
        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                $title.into()
            }

            fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                <$document as schemars::JsonSchema>::json_schema(generator)
            }
        }
    };
}

pub(crate) use serialize_as;

/// A document with a sentence for people.
#[derive(serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
pub(crate) struct WithText<'a, T> {
    #[serde(flatten)]
    value: &'a T,
    /// The same for people, in English. The words may change; do not take them apart.
    text: String,
}

impl<'a, T: std::fmt::Display> WithText<'a, T> {
    pub(crate) fn of(value: &'a T) -> Self {
        Self { value, text: value.to_string() }
    }
}

/// For variants without data, which documents write as an empty object.
pub(crate) mod empty_object {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
    pub(crate) struct Empty {}

    pub(crate) fn serialize<S: Serializer>(serializer: S) -> Result<S::Ok, S::Error> {
        Empty {}.serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<(), D::Error> {
        Empty::deserialize(deserializer).map(drop)
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over references")]
pub(crate) const fn is_false(value: &bool) -> bool {
    !*value
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over references")]
pub(crate) const fn is_zero(value: &u32) -> bool {
    *value == 0
}

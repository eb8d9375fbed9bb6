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

//! What ids look like.

use std::borrow::Cow;

/// Characters that look like one of ASCII, each before that one: those of Unicode's confusables (UTS 39) that letters of
/// ids are written with. `l` stands for `1`, `I` and `|` too, `O` for `0`.
#[rustfmt::skip]
const LOOKS: &[(char, char)] = &[
    ('0', 'O'), ('1', 'l'), ('I', 'l'), ('|', 'l'), ('ı', 'i'), ('ɑ', 'a'), ('ɡ', 'g'), ('ɩ', 'i'),
    ('Α', 'A'), ('Β', 'B'), ('Ε', 'E'), ('Ζ', 'Z'), ('Η', 'H'), ('Ι', 'l'), ('Κ', 'K'), ('Μ', 'M'), ('Ν', 'N'),
    ('Ο', 'O'), ('Ρ', 'P'), ('Τ', 'T'), ('Υ', 'Y'), ('Χ', 'X'), ('α', 'a'), ('γ', 'y'), ('ι', 'i'), ('ν', 'v'),
    ('ο', 'o'), ('ρ', 'p'), ('σ', 'o'), ('υ', 'u'), ('ϳ', 'j'),
    ('Ѕ', 'S'), ('І', 'l'), ('Ј', 'J'), ('А', 'A'), ('В', 'B'), ('Е', 'E'), ('З', '3'), ('К', 'K'), ('М', 'M'),
    ('Н', 'H'), ('О', 'O'), ('Р', 'P'), ('С', 'C'), ('Т', 'T'), ('У', 'Y'), ('Х', 'X'), ('Ь', 'b'), ('а', 'a'),
    ('г', 'r'), ('е', 'e'), ('о', 'o'), ('р', 'p'), ('с', 'c'), ('у', 'y'), ('х', 'x'), ('ѕ', 's'), ('і', 'i'),
    ('ј', 'j'), ('ѡ', 'w'), ('ѵ', 'v'), ('Ү', 'Y'), ('ү', 'y'), ('һ', 'h'), ('Ӏ', 'l'), ('ӏ', 'l'), ('ԁ', 'd'),
    ('Ԍ', 'G'), ('ԛ', 'q'), ('Ԝ', 'W'), ('ԝ', 'w'),
    ('գ', 'q'), ('հ', 'h'), ('ո', 'n'), ('ս', 'u'), ('ց', 'g'), ('օ', 'o'),
    ('\u{2010}', '-'), ('\u{2011}', '-'), ('\u{2012}', '-'), ('\u{2013}', '-'), ('\u{2212}', '-'), ('\u{FE58}', '-'),
    ('\u{2044}', '/'), ('\u{2215}', '/'), ('\u{2024}', '.'), ('\u{2018}', '\''), ('\u{2019}', '\''), ('\u{2BC}', '\''),
];

/// Returns a text that ids have in common which look alike.
pub(super) fn look(id: &str) -> Cow<'_, str> {
    if id.chars().all(|character| seen(character) == character) {
        return Cow::Borrowed(id);
    }
    id.chars().map(seen).collect()
}

/// Returns the character that stands for all which look like one.
fn seen(character: char) -> char {
    if character.is_ascii() && !matches!(character, '0' | '1' | 'I' | '|') {
        return character;
    }
    let plain = plain(character);
    // The table is in the order of its parts, not of the characters, and is short.
    LOOKS.iter().find(|(other, _)| *other == plain).map_or(plain, |(_, seen)| *seen)
}

/// Returns the letter or digit of ASCII that a full-width or mathematical one is a form of; any other as it is.
fn plain(character: char) -> char {
    let point = u32::from(character);
    let nth = |first: u32, of: u32, base: char| {
        let place = point.checked_sub(first)?.checked_rem(of)?;
        char::from_u32(u32::from(base).checked_add(place)?)
    };
    let found = match point {
        0xFF01..=0xFF5E => nth(0xFF01, 0x5E, '!'),
        // Thirteen alphabets, capital letters before small ones.
        0x1D400..=0x1D6A3 => nth(0x1D400, 52, 'A').map(|letter| {
            let small = point.saturating_sub(0x1D400).checked_rem(52).and_then(|place| place.checked_sub(26));
            small.and_then(|place| char::from_u32(u32::from('a').checked_add(place)?)).unwrap_or(letter)
        }),
        0x1D7CE..=0x1D7FF => nth(0x1D7CE, 10, '0'),
        _ => None,
    };
    found.unwrap_or(character)
}

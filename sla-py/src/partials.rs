//! The rows of aggregates as tables, which databases merge with GROUP BY and SUM.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Decimal128Type, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type, UInt32Type,
    UInt64Type,
};
use arrow_array::{Array, ArrayRef, StringArray, StructArray};
use arrow_schema::{DataType, Field};
use pyo3::prelude::*;
use sla_core::Id;
use sla_core::analytics::{Aggregate, Figure, Grouping, Key, Row, Tally};
use sla_core::time::Timestamp;

use crate::arrow::{
    Input, Numbers, Table, Tables, Texts, Wanted, instant_field, instants, integer_field, integers, word_field,
};
use crate::error::{OrRaise, fault};

const COUNTS: [&str; 4] = ["bucket", "n", "sum_s", "sum_us_rest"];

/// Writes an aggregate as a table. A missing value is an empty text, which every database groups alike.
pub(crate) fn write(aggregate: &Aggregate) -> PyResult<Table> {
    let grouping = aggregate.grouping();
    let rows: Vec<Row> = aggregate.rows().collect();
    let text = |each: &dyn Fn(&Row) -> String| -> ArrayRef {
        Arc::new(rows.iter().map(|row| Some(each(row))).collect::<StringArray>())
    };
    let number = |each: &dyn Fn(&Row) -> u64| {
        integers(rows.iter().map(|row| i64::try_from(each(row)).unwrap_or(i64::MAX)).collect())
    };
    let (mut fields, mut columns): (Vec<Field>, Vec<ArrayRef>) = (Vec::new(), Vec::new());
    if grouping.period().is_some() {
        fields.push(instant_field("period"));
        columns.push(instants(rows.iter().map(|row| row.key.period.map_or(0, Timestamp::as_micros)).collect()));
    }
    for dimension in grouping.dimensions() {
        fields.push(word_field(dimension.as_str()));
        let without = dimension.without_value().unwrap_or_default();
        columns.push(text(&|row| row.key.get(*dimension).map_or(without, Id::as_str).to_owned()));
    }
    fields.extend(["timer", "outcome"].map(word_field));
    columns.push(text(&|row| row.timer.as_ref().map(ToString::to_string).unwrap_or_default()));
    columns.push(text(&|row| row.outcome.as_str().to_owned()));
    fields.extend(COUNTS.map(integer_field));
    columns.push(number(&|row| u64::from(row.bucket)));
    columns.push(number(&|row| row.tally.n));
    columns.push(number(&|row| row.tally.sum_s));
    columns.push(number(&|row| row.tally.sum_us_rest));
    Table::new(fields, vec![columns])
}

/// Reads rows in any order.
pub(crate) fn read(
    py: Python<'_>,
    input: &Input,
    grouping: Grouping,
    as_of: Option<Timestamp>,
    columns: Option<HashMap<String, String>>,
) -> PyResult<Aggregate> {
    let mut wanted: Vec<Wanted> =
        ["timer", "outcome"].into_iter().chain(COUNTS).map(|name| Wanted { name, required: true }).collect();
    wanted.extend(grouping.dimensions().iter().map(|dimension| Wanted { name: dimension.as_str(), required: true }));
    wanted.extend(grouping.period().map(|_| Wanted { name: "period", required: true }));
    let tables = Tables::new(py, input, &wanted, columns, None)?;
    let mut rows = Vec::with_capacity(input.len());
    for chunk in &tables.chunks {
        read_chunk(py, &tables, chunk, &grouping, &mut rows)?;
    }
    py.detach(|| Aggregate::from_rows(grouping, as_of, rows)).or_raise(py)
}

fn read_chunk(
    py: Python<'_>,
    tables: &Tables,
    chunk: &StructArray,
    grouping: &Grouping,
    rows: &mut Vec<Row>,
) -> PyResult<()> {
    let texts =
        |name: &str| tables.column(chunk, name).map_or(Ok(Texts::Missing), |column| Texts::read(py, name, column));
    let counts = COUNTS.map(|name| tables.column(chunk, name).map_or(Ok(Vec::new()), |column| whole(py, name, column)));
    let [buckets, n, sum_s, sum_us_rest] = counts;
    let (buckets, n, sum_s, sum_us_rest) = (buckets?, n?, sum_s?, sum_us_rest?);
    let (timers, outcomes) = (texts("timer")?, texts("outcome")?);
    let periods =
        tables.column(chunk, "period").map(|column| Numbers::instants(py, "period", column, None)).transpose()?;
    let mut keys = vec![Key::default(); chunk.len()];
    for dimension in grouping.dimensions() {
        let values = texts(dimension.as_str())?;
        for (row, key) in keys.iter_mut().enumerate() {
            let value = values.get(row).filter(|text| !text.is_empty());
            let value = value.filter(|text| dimension.without_value() != Some(*text));
            let value = value.map(Id::new).transpose().or_raise(py)?;
            *key = std::mem::take(key).with(*dimension, value);
        }
    }
    for (row, mut key) in keys.into_iter().enumerate() {
        key.period = periods.as_ref().and_then(|periods| periods.get(row)).map(Timestamp::from_micros);
        let outcome: Figure = outcomes.get(row).unwrap_or_default().parse().or_raise(py)?;
        let timer = timers.get(row).filter(|text| !text.is_empty()).map(Id::new).transpose().or_raise(py)?;
        let at = |column: &[u64]| column.get(row).copied().unwrap_or_default();
        let bucket = u32::try_from(at(&buckets)).unwrap_or(u32::MAX);
        let tally = Tally { n: at(&n), sum_s: at(&sum_s), sum_us_rest: at(&sum_us_rest) };
        rows.push(Row { key, timer, outcome, bucket, tally });
    }
    Ok(())
}

/// Reads non-negative whole numbers of any type in which a database adds them up.
fn whole(py: Python<'_>, name: &str, array: &ArrayRef) -> PyResult<Vec<u64>> {
    let values = match array.data_type() {
        DataType::Int8 => numbers::<Int8Type>(array),
        DataType::Int16 => numbers::<Int16Type>(array),
        DataType::Int32 => numbers::<Int32Type>(array),
        DataType::Int64 => numbers::<Int64Type>(array),
        DataType::UInt8 => numbers::<UInt8Type>(array),
        DataType::UInt16 => numbers::<UInt16Type>(array),
        DataType::UInt32 => numbers::<UInt32Type>(array),
        DataType::UInt64 => numbers::<UInt64Type>(array),
        DataType::Decimal128(_, 0) => numbers::<Decimal128Type>(array),
        other => {
            let message = format!("column `{name}` holds {other}, not whole numbers");
            return Err(fault(py, "wrong_type", &message, "add up with a SUM that keeps integers"));
        }
    };
    let place = values.iter().position(Option::is_none);
    match place {
        None => Ok(values.into_iter().flatten().collect()),
        Some(row) => {
            let message = format!("row {row} of column `{name}` has no number, a negative one, or one beyond 64 bits");
            Err(fault(py, "out_of_range", &message, "pass rows that came from `Aggregate.rows`, added up"))
        }
    }
}

fn numbers<T: ArrowPrimitiveType>(array: &ArrayRef) -> Vec<Option<u64>>
where
    T::Native: TryInto<u64>,
{
    array.as_primitive::<T>().iter().map(|value| value.and_then(|value| value.try_into().ok())).collect()
}

//! `resource.Quantity`: a decimal number with a suffix, read without floating point.

use prost::Message;
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer};
use std::fmt;

/// A quantity as it is written: `250m`, `1.5`, `64Mi`, `12e6`.
#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct Quantity {
    #[prost(string, tag = "1")]
    pub(crate) string: String,
}

/// JSON has a string; a bare number is tolerated, as the API server does.
impl<'de> Deserialize<'de> for Quantity {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Text)
    }
}

struct Text;

impl Visitor<'_> for Text {
    type Value = Quantity;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a quantity")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Quantity, E> {
        Ok(Quantity { string: text.to_owned() })
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Quantity, E> {
        Ok(Quantity { string: number.to_string() })
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Quantity, E> {
        Ok(Quantity { string: number.to_string() })
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Quantity, E> {
        Ok(Quantity { string: number.to_string() })
    }
}

impl Quantity {
    /// In whole units, rounded up as Kubernetes does. `None` when it is negative or not a quantity.
    pub(crate) fn units(&self) -> Option<u64> {
        scaled(&self.string, 0)
    }

    /// In thousandths of a unit, rounded up.
    pub(crate) fn thousandths(&self) -> Option<u64> {
        scaled(&self.string, 3)
    }

    /// In billionths of a unit, rounded up.
    pub(crate) fn billionths(&self) -> Option<u64> {
        scaled(&self.string, 9)
    }
}

/// `text × 10^power`, rounded up; what does not fit is [`u64::MAX`].
fn scaled(text: &str, power: i32) -> Option<u64> {
    let text = text.strip_prefix('+').unwrap_or(text);
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, suffix) = text.split_at(end);
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if (whole.is_empty() && fraction.is_empty()) || fraction.contains('.') {
        return None;
    }
    let (binary, decimal) = scale(suffix)?;
    // Thirty digits are more than any real quantity has; the rest of a fraction is cut, of a whole number saturates.
    if whole.trim_start_matches('0').len() > 30 {
        return Some(u64::MAX);
    }
    let fraction = fraction.trim_end_matches('0');
    let fraction = &fraction[..fraction.len().min(30_usize.saturating_sub(whole.len()))];
    let mut mantissa = 0_u128;
    for digit in whole.bytes().chain(fraction.bytes()) {
        mantissa = mantissa.checked_mul(10)?.checked_add(u128::from(digit - b'0'))?;
    }
    if mantissa == 0 {
        return Some(0);
    }
    let exponent = decimal.saturating_add(power).saturating_sub(fraction.len() as i32);
    let Some(mut value) = 1_u128.checked_shl(binary).and_then(|factor| mantissa.checked_mul(factor)) else {
        return Some(u64::MAX);
    };
    if exponent >= 0 {
        let factor = 10_u128.checked_pow(exponent.unsigned_abs());
        value = factor.and_then(|factor| value.checked_mul(factor)).unwrap_or(u128::MAX);
    } else {
        // A divisor that does not fit is larger than any value: what is left rounds up to one.
        value = 10_u128.checked_pow(exponent.unsigned_abs()).map_or(1, |divisor| value.div_ceil(divisor));
    }
    Some(u64::try_from(value).unwrap_or(u64::MAX))
}

/// What a suffix multiplies with: a power of two and a power of ten.
fn scale(suffix: &str) -> Option<(u32, i32)> {
    Some(match suffix {
        "n" => (0, -9),
        "u" => (0, -6),
        "m" => (0, -3),
        "" => (0, 0),
        "k" => (0, 3),
        "M" => (0, 6),
        "G" => (0, 9),
        "T" => (0, 12),
        "P" => (0, 15),
        "E" => (0, 18),
        "Ki" => (10, 0),
        "Mi" => (20, 0),
        "Gi" => (30, 0),
        "Ti" => (40, 0),
        "Pi" => (50, 0),
        "Ei" => (60, 0),
        exponent => (0, exponent.strip_prefix(['e', 'E'])?.parse().ok()?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("0", Some(0), Some(0))]
    #[case("1", Some(1), Some(1_000))]
    #[case("250m", Some(1), Some(250))]
    #[case("1500m", Some(2), Some(1_500))]
    #[case("0.1", Some(1), Some(100))]
    #[case(".5", Some(1), Some(500))]
    #[case("1.", Some(1), Some(1_000))]
    #[case("+2", Some(2), Some(2_000))]
    #[case("100u", Some(1), Some(1))]
    #[case("1n", Some(1), Some(1))]
    #[case("2k", Some(2_000), Some(2_000_000))]
    #[case("1e3", Some(1_000), Some(1_000_000))]
    #[case("1E3", Some(1_000), Some(1_000_000))]
    #[case("12e-1", Some(2), Some(1_200))]
    #[case("1Ki", Some(1_024), Some(1_024_000))]
    #[case("64Mi", Some(67_108_864), Some(67_108_864_000))]
    #[case("1.5Gi", Some(1_610_612_736), Some(1_610_612_736_000))]
    #[case("2Ti", Some(2_199_023_255_552), Some(2_199_023_255_552_000))]
    #[case("1Pi", Some(1_125_899_906_842_624), Some(1_125_899_906_842_624_000))]
    #[case("1E", Some(1_000_000_000_000_000_000), Some(u64::MAX))]
    #[case("8Ei", Some(9_223_372_036_854_775_808), Some(u64::MAX))]
    #[case("1e400", Some(u64::MAX), Some(u64::MAX))]
    #[case("1e-400", Some(1), Some(1))]
    #[case("0e400", Some(0), Some(0))]
    #[case("0.3333333333333333333333333333333333333333", Some(1), Some(334))]
    #[case("99999999999999999999999999999999999999", Some(u64::MAX), Some(u64::MAX))]
    #[case("-1", None, None)]
    #[case("", None, None)]
    #[case(".", None, None)]
    #[case("1.2.3", None, None)]
    #[case("1Xi", None, None)]
    #[case("1e", None, None)]
    #[case("Mi", None, None)]
    fn quantities_are_read_exactly(
        #[case] text: &str,
        #[case] units: Option<u64>,
        #[case] thousandths: Option<u64>,
    ) {
        let quantity = Quantity { string: text.to_owned() };
        assert_eq!((quantity.units(), quantity.thousandths()), (units, thousandths));
    }
}

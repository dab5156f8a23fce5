//! The parameters of one query.
use crate::error::{ApiError, excerpt};
use std::fmt;

/// The longest value of a parameter that is neither a list nor made by the server, in bytes.
const LONGEST_VALUE: usize = 512;
/// The most values of a list.
const MOST_VALUES: usize = 1000;
/// The most faults that are told at once.
const MOST_FAULTS: usize = 10;

/// What is wrong with one parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    parameter: String,
    problem: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`: {}", self.parameter, self.problem)
    }
}

/// The parameters of one query, and what is wrong with them so far.
#[derive(Debug)]
pub(crate) struct Parameters {
    given: Vec<(String, String)>,
    faults: Vec<Fault>,
}

impl Parameters {
    /// Reads the query of a URL; a parameter that is none of the allowed is a fault.
    pub(crate) fn read(query: Option<&str>, allowed: &[&str]) -> Self {
        let pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
        let mut parameters = Self { given: Vec::new(), faults: Vec::new() };
        for (name, value) in pairs {
            if allowed.contains(&&*name) {
                parameters.given.push((name.into_owned(), value.into_owned()));
            } else if allowed.is_empty() {
                parameters.fault(&name, "unknown parameter; this route takes none".to_owned());
            } else {
                parameters
                    .fault(&name, format!("unknown parameter; this route takes {}", allowed.join(", ")));
            }
        }
        parameters
    }

    /// The value of a parameter that may be given once. An empty one counts as not given.
    pub(crate) fn text(&mut self, name: &str) -> Option<String> {
        self.text_within(LONGEST_VALUE, name)
    }

    /// As [`Parameters::text`], of at most so many bytes.
    pub(crate) fn text_within(&mut self, longest: usize, name: &str) -> Option<String> {
        let mut values = self.given.iter().filter(|(given, _)| given == name).map(|(_, value)| value);
        let value = values.next()?.clone();
        if values.next().is_some() {
            self.fault(name, "it is given more than once".to_owned());
            return None;
        }
        if value.len() > longest {
            self.fault(name, format!("it is longer than {longest} bytes"));
            return None;
        }
        (!value.is_empty()).then_some(value)
    }

    /// The values of a parameter that holds a list, separated by commas; it may be given more than once.
    pub(crate) fn list(&mut self, name: &str) -> Vec<String> {
        let given = self.given.iter().filter(|(given, _)| given == name);
        let mut values: Vec<String> =
            given.flat_map(|(_, value)| value.split(',')).map(str::trim).map(ToOwned::to_owned).collect();
        values.retain(|value| !value.is_empty());
        values.sort_unstable();
        values.dedup();
        if values.len() > MOST_VALUES {
            self.fault(name, format!("it has more than {MOST_VALUES} values"));
            return Vec::new();
        }
        values
    }

    /// The value of a parameter that is one of a few words.
    pub(crate) fn choice<T: Copy>(&mut self, name: &str, choices: &[(&'static str, T)]) -> Option<T> {
        let value = self.text(name)?;
        let found = choices.iter().find(|(word, _)| *word == value).map(|(_, choice)| *choice);
        if found.is_none() {
            let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
            self.fault(name, format!("`{}` is none of {}", excerpt(&value), words.join(", ")));
        }
        found
    }

    /// The value of a parameter that is a whole number in that range; `note` ends the sentence that says so.
    pub(crate) fn number(
        &mut self,
        name: &str,
        range: std::ops::RangeInclusive<usize>,
        note: &str,
    ) -> Option<usize> {
        let value = self.text(name)?;
        let number = value.parse().ok().filter(|number| range.contains(number));
        if number.is_none() {
            let (least, most) = range.into_inner();
            self.fault(
                name,
                format!("`{}` is not a whole number from {least} to {most}{note}", excerpt(&value)),
            );
        }
        number
    }

    /// Notes that something is wrong with a parameter.
    pub(crate) fn fault(&mut self, parameter: &str, problem: String) {
        let fault = Fault { parameter: excerpt(parameter), problem };
        if self.faults.len() < MOST_FAULTS && !self.faults.contains(&fault) {
            self.faults.push(fault);
        }
    }

    /// Refuses the query if anything is wrong with it.
    pub(crate) fn finish(self) -> Result<(), ApiError> {
        if self.faults.is_empty() { Ok(()) } else { Err(ApiError::BadParameters(self.faults)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("colour=red", "`colour`: unknown parameter; this route takes sort, limit, q, name")]
    #[case("sort=size", "`sort`: `size` is none of up, down")]
    #[case("sort=up&sort=up", "`sort`: it is given more than once")]
    #[case("limit=0", "`limit`: `0` is not a whole number from 1 to 9")]
    #[case("limit=-1", "`limit`: `-1` is not a whole number from 1 to 9")]
    #[case("limit=1e3", "`limit`: `1e3` is not a whole number from 1 to 9")]
    #[case("limit=99999999999999999999999", "is not a whole number from 1 to 9")]
    #[case(&format!("q={}", "x".repeat(513)), "`q`: it is longer than 512 bytes")]
    #[case(&format!("name={}", "x,".repeat(1000) + "y"), "ok")]
    #[case(&format!("name={}", (0..1001).map(|n| n.to_string()).collect::<Vec<_>>().join(",")), "`name`: it has more than 1000 values")]
    #[case(
        "sort=size&limit=0&a=1",
        "`a`: unknown parameter; this route takes sort, limit, q, name; `sort`: `size` is none of up, down; `limit`: `0`"
    )]
    #[case("", "ok")]
    #[case("sort=&limit=&q=", "ok")]
    #[case("sort=%75p&limit=9&q=a%20b+c", "ok")]
    fn a_query_is_refused_with_every_fault_named(#[case] query: &str, #[case] expected: &str) {
        let mut parameters = Parameters::read(Some(query), &["sort", "limit", "q", "name"]);
        parameters.choice("sort", &[("up", 1), ("down", 2)]);
        parameters.number("limit", 1..=9, "");
        parameters.text("q");
        parameters.list("name");
        let told = parameters.finish().map_or_else(|error| error.to_string(), |()| "ok".to_owned());
        assert!(told.contains(expected), "{told}");
    }

    #[test]
    fn lists_are_sets() {
        let mut parameters = Parameters::read(Some("n=b,a&n=a,%20c%20,,"), &["n"]);
        assert_eq!(parameters.list("n"), ["a", "b", "c"]);
    }

    #[test]
    fn the_number_of_faults_told_is_bounded() {
        let query = (0..1000).map(|n| format!("p{n}")).collect::<Vec<_>>().join("&");
        let error = Parameters::read(Some(&query), &[]).finish().unwrap_err().to_string();
        assert_eq!(error.matches("unknown parameter").count(), MOST_FAULTS, "{error}");
    }
}

//! Secrets in short options of command lines: `mysql -psecret`, `curl -u admin:secret`.

use super::wording;
use std::ops::Range;

/// Programs that take a password right behind `-p`.
const TAKE_P: [&str; 6] = ["mysql", "mysqldump", "mysqladmin", "mariadb", "mariadb-dump", "sshpass"];

/// Where they stand.
pub(super) fn values(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    if !(text.contains("-p") || text.contains("-u")) {
        return found;
    }
    let mut takes_p = false;
    let mut is_user = false;
    for (start, word) in wording::words(text) {
        let bare = word.trim_start_matches(['"', '\'', '`', '[', '(']);
        let from = start + word.len() - bare.len();
        let program = bare.rsplit('/').next().unwrap_or_default();
        takes_p |= TAKE_P.contains(&program.trim_end_matches([':', ',']));
        let user = bare.strip_prefix("-u").filter(|user| user.contains(':'));
        if let Some(user) = user.or_else(|| is_user.then_some(bare)) {
            found.extend(behind_colon(user).map(|at| from + bare.len() - user.len() + at..end(from, bare)));
        } else if let Some(password) = bare.strip_prefix("-p") {
            let is_secret = if takes_p { !password.is_empty() } else { is_no_option(password) };
            found.extend(is_secret.then(|| from + 2..end(from, bare)));
        }
        is_user = bare == "-u" || bare == "--user";
    }
    found
}

/// Where the password of `name:password` begins; `1000:1000` is a user and a group.
fn behind_colon(user: &str) -> Option<usize> {
    let (name, password) = user.split_once(':')?;
    let is_number = password.chars().all(|c| c.is_ascii_digit());
    (!name.is_empty() && !is_number && !password.starts_with("//")).then_some(name.len() + 1)
}

/// Whether no option is written like that, as `-print0` is.
fn is_no_option(password: &str) -> bool {
    wording::looks_secret(password) && password.contains(|c: char| c.is_ascii_uppercase())
}

fn end(from: usize, word: &str) -> usize {
    from + word.trim_end_matches(['"', '\'', '`', ']', ')', ',', ';', ':']).len()
}

//! A list of requirements: tab-separated, one a line, the first line names the columns.

/// A requirement.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Requirement {
    /// Its id (`WX09-49`), as `keeps` and `shows` name it.
    pub id: String,
    /// Its kind, where the list has such a column.
    pub kind: String,
    /// What it asks for.
    pub practice: String,
    /// What must be refused, where it says so.
    pub must_fail: Option<String>,
}

/// Why a list cannot be read.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum RequirementsError {
    /// There is no column of ids.
    #[error(
        "the list has no column `id`; its first line names the columns, separated by tabs: id, kind, practice, must_fail"
    )]
    NoIds,
    /// A line without an id.
    #[error("line {0} of the list has no id")]
    NoId(usize),
    /// An id that stands twice.
    #[error("line {0} of the list has an id that stands above already: `{1}`")]
    Twice(usize, String),
}

/// Reads a list. Columns are found by their names: `id` is needed; `kind`, `practice` (or `title`, `text`) and `must_fail`
/// are read where they are there, others are left alone. A cell of `-` is empty.
///
/// # Errors
///
/// When a line has no id, or an id stands twice.
pub fn read(text: &str) -> Result<Vec<Requirement>, RequirementsError> {
    let mut lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let Some((_, header)) = lines.next() else { return Err(RequirementsError::NoIds) };
    let columns: Vec<&str> = header.trim_start_matches('\u{feff}').split('\t').map(str::trim).collect();
    let column = |names: &[&str]| columns.iter().position(|column| names.contains(column));
    let id_column = column(&["id"]).ok_or(RequirementsError::NoIds)?;
    let others = [column(&["kind"]), column(&["practice", "title", "text"]), column(&["must_fail"])];
    let mut out: Vec<Requirement> = Vec::new();
    for (index, line) in lines {
        let cells: Vec<&str> = line.split('\t').map(str::trim).collect();
        let cell = |column: Option<usize>| {
            column.and_then(|column| cells.get(column)).copied().filter(|cell| !matches!(*cell, "" | "-")).unwrap_or("")
        };
        let id = cell(Some(id_column)).to_owned();
        if id.is_empty() {
            return Err(RequirementsError::NoId(index + 1));
        }
        if out.iter().any(|known| known.id == id) {
            return Err(RequirementsError::Twice(index + 1, id));
        }
        let [kind, practice, must_fail] = others.map(|column| cell(column).to_owned());
        out.push(Requirement { id, kind, practice, must_fail: (!must_fail.is_empty()).then_some(must_fail) });
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_found_by_name() {
        let list = read("kind\tid\tmust_fail\tpractice\nuse\tA-1\t-\tReads the log\n\nnever\tA-2\tsell it\tNo sale\n")
            .unwrap();
        assert_eq!(list.len(), 2);
        assert_eq!(list[0].must_fail, None);
        assert_eq!(list[1].must_fail.as_deref(), Some("sell it"));
        assert_eq!((list[1].id.as_str(), list[1].practice.as_str()), ("A-2", "No sale"));
    }

    #[test]
    fn a_list_that_cannot_be_read_says_why() {
        assert_eq!(read(""), Err(RequirementsError::NoIds));
        assert_eq!(read("name\tpractice\nx\ty\n"), Err(RequirementsError::NoIds));
        assert_eq!(read("id\tpractice\n\ty\n"), Err(RequirementsError::NoId(2)));
        assert_eq!(read("id\nA\nB\nA\n"), Err(RequirementsError::Twice(4, "A".to_owned())));
    }
}

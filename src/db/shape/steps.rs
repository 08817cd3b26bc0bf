//! What makes the live schema whole: a step for each part that is missing. What is there is never taken away or changed;
//! where it differs, that is told.

use super::{
    Column, Constraint, Shape, Table,
    made::{added, comments, counting, go_on, whole},
};
use crate::db::tables::quoted;

/// Something that is missing, and how it comes back. All or nothing of a step is done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Step {
    /// What comes back, for people: `table comps`.
    pub what: String,
    /// The statements.
    pub sql: Vec<String>,
    /// A statement that does the better part where those cannot be run.
    pub else_sql: Option<String>,
    /// What to know when it is done.
    pub note: Option<String>,
    /// What to do when it cannot be done.
    pub advice: String,
    /// A query that counts the rows that are in the way.
    pub in_the_way: Option<String>,
    /// Part of something that is told by another step.
    pub quiet: bool,
}

/// Something that is there and is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Odd {
    /// What it is, and how it should be.
    pub what: String,
    /// What would put it right.
    pub advice: String,
}

/// What brings rows back.
pub(super) const RESTORE: &str = "bring the lost rows back (`deal-scout restore FILE --replace`)";

/// What takes `live` to `wanted`, in an order in which it can be done.
pub fn steps(wanted: &Shape, live: &Shape) -> (Vec<Step>, Vec<Odd>) {
    let mut plan = Plan::default();
    for (name, definition) in &wanted.functions {
        plan.function(name, definition, live);
    }
    for (name, table) in wanted.tables.iter().filter(|(name, _)| !live.tables.contains_key(*name)) {
        plan.steps.push(whole(name, table, wanted, live));
    }
    let both = || wanted.tables.iter().filter_map(|(n, t)| Some((n, t, live.tables.get(n)?)));
    for (name, table, found) in both() {
        for column in &table.columns {
            plan.column(name, column, found);
        }
    }
    for (name, table, found) in both() {
        for key in table.constraints.iter().filter(|c| c.refers.is_none()) {
            plan.constraint(name, key, Some(found));
        }
        plan.indexes(name, table, found);
    }
    for (name, table) in &wanted.tables {
        for key in table.constraints.iter().filter(|c| c.refers.is_some()) {
            plan.constraint(name, key, live.tables.get(name));
        }
    }
    for (name, table, found) in both() {
        plan.triggers(name, table, found);
        plan.steps.extend(comments(name, table, Some(found)).map(|sql| Step {
            what: format!("the comments of table {name}"),
            sql: vec![sql],
            quiet: true,
            ..Step::default()
        }));
    }
    (plan.steps, plan.odd)
}

#[derive(Default)]
struct Plan {
    steps: Vec<Step>,
    odd: Vec<Odd>,
}

impl Plan {
    fn function(&mut self, name: &str, definition: &str, live: &Shape) {
        match live.functions.get(name) {
            None => self.steps.push(Step {
                what: format!("function {name}"),
                sql: vec![definition.to_owned()],
                ..Step::default()
            }),
            Some(found) if found != definition => self.odd.push(Odd {
                what: format!("function {name} is not the one that the migrations make"),
                advice: format!("run: {definition}"),
            }),
            Some(_) => {}
        }
    }

    fn column(&mut self, table: &str, wanted: &Column, live: &Table) {
        let (name, on) = (&wanted.name, quoted(table));
        let column = quoted(name);
        let alter = format!("ALTER TABLE {on} ALTER COLUMN {column}");
        let Some(found) = live.column(name) else {
            self.steps.push(added(table, wanted));
            return;
        };
        let mut odd = |what: String, advice: String| self.odd.push(Odd { what, advice });
        if found.type_name != wanted.type_name {
            return odd(
                format!("column {table}.{name} is {}, not {}", found.type_name, wanted.type_name),
                format!("run: {alter} TYPE {0} USING {column}::{0}", wanted.type_name),
            );
        }
        if found.generated != wanted.generated {
            return odd(
                format!("column {table}.{name} is not worked out by the database as it should be"),
                format!("run: ALTER TABLE {on} DROP COLUMN {column} CASCADE, then this again"),
            );
        }
        match (&wanted.expression, &found.expression) {
            (Some(expression), None) => self.steps.push(Step {
                what: format!("the default of column {table}.{name}"),
                sql: vec![format!("{alter} SET DEFAULT {expression}")],
                ..Step::default()
            }),
            (Some(wanted), Some(found)) if wanted != found => odd(
                format!("column {table}.{name} has the default {found}, not {wanted}"),
                format!("run: {alter} SET DEFAULT {wanted}"),
            ),
            _ => {}
        }
        if found.not_null && !wanted.not_null {
            self.odd.push(Odd {
                what: format!("column {table}.{name} refuses to be empty, and should not"),
                advice: format!("run: {alter} DROP NOT NULL"),
            });
        }
        if wanted.not_null && !found.not_null {
            self.steps.push(Step {
                what: format!("NOT NULL of column {table}.{name}"),
                sql: vec![format!("{alter} SET NOT NULL")],
                in_the_way: Some(format!("SELECT count(*) FROM {on} WHERE {column} IS NULL")),
                advice: format!("give {table}.{name} a value in each row, then run this again"),
                ..Step::default()
            });
        }
        if let (Some(sequence), None) = (&wanted.counts_by, &found.counts_by) {
            let numbers = format!("(SELECT coalesce(max({column}), 0) FROM {on})");
            self.steps.push(Step {
                what: format!("the counting of column {table}.{name}"),
                sql: vec![
                    format!("{alter} ADD {}", counting(sequence)),
                    go_on(sequence, &[numbers]),
                ],
                advice: format!("a sequence {sequence} of somebody else's may be in its way"),
                ..Step::default()
            });
        }
    }

    fn constraint(&mut self, table: &str, wanted: &Constraint, live: Option<&Table>) {
        let name = &wanted.name;
        let found = live.map_or(&[][..], |live| &live.constraints);
        let same = found.iter().find(|c| c.name == *name);
        if same.is_none() && found.iter().any(|c| c.definition == wanted.definition && c.valid) {
            return;
        }
        let what = format!("constraint {name} of table {table}");
        let alter = format!("ALTER TABLE {}", quoted(table));
        let advice = match &wanted.refers {
            Some(to) => format!(
                "they refer to rows of {} that are not there; {RESTORE} or take those of {table} away, then run this \
                 again; what is written from now on is checked",
                to.table
            ),
            None => format!(
                "rows of {table} break it ({}); put them right, then run this again",
                wanted.definition
            ),
        };
        let step = Step {
            what: what.clone(),
            advice,
            in_the_way: wanted.refers.as_ref().map(|_| dangling(table, wanted)),
            quiet: live.is_none(),
            ..Step::default()
        };
        let name = quoted(name);
        match same {
            None => {
                let add = format!("{alter} ADD CONSTRAINT {name} {}", wanted.definition);
                let may_come_later =
                    wanted.refers.is_some() || wanted.definition.starts_with("CHECK");
                let else_sql = may_come_later.then(|| format!("{add} NOT VALID"));
                self.steps.push(Step { sql: vec![add], else_sql, ..step });
            }
            Some(found) if found.definition != wanted.definition => self.odd.push(Odd {
                what: format!("{what} is {}, not {}", found.definition, wanted.definition),
                advice: format!("run: {alter} DROP CONSTRAINT {name}, then this again"),
            }),
            Some(found) if !found.valid && wanted.valid => {
                let sql = vec![format!("{alter} VALIDATE CONSTRAINT {name}")];
                self.steps.push(Step { sql, what: format!("{what}, for every row"), ..step });
            }
            Some(_) => {}
        }
    }

    fn indexes(&mut self, table: &str, wanted: &Table, live: &Table) {
        for index in &wanted.indexes {
            let what = format!("index {} of table {table}", index.name);
            match live.indexes.iter().find(|found| found.name == index.name) {
                None => self.steps.push(Step {
                    what,
                    sql: vec![index.definition.clone()],
                    advice: format!(
                        "rows of {table} may be there twice; put them right, then run this again"
                    ),
                    ..Step::default()
                }),
                Some(found) if found.definition != index.definition => self.odd.push(Odd {
                    what: format!("{what} is another one ({})", found.definition),
                    advice: format!("run: DROP INDEX {}, then this again", quoted(&index.name)),
                }),
                Some(found) if !found.valid => self.odd.push(Odd {
                    what: format!("{what} serves nothing, as its making was broken off"),
                    advice: format!("run: REINDEX INDEX {}", quoted(&index.name)),
                }),
                Some(_) => {}
            }
        }
    }

    fn triggers(&mut self, table: &str, wanted: &Table, live: &Table) {
        for (name, definition) in &wanted.triggers {
            let what = format!("trigger {name} of table {table}");
            match live.triggers.iter().find(|(found, _)| found == name) {
                None => {
                    let sql = vec![definition.clone()];
                    self.steps.push(Step { what, sql, ..Step::default() });
                }
                Some((_, found)) if found != definition => self.odd.push(Odd {
                    what: format!("{what} is not the one that the migrations make"),
                    advice: format!(
                        "run: DROP TRIGGER {} ON {}, then this again",
                        quoted(name),
                        quoted(table)
                    ),
                }),
                Some(_) => {}
            }
        }
    }
}

/// Counts the rows whose reference leads nowhere.
fn dangling(table: &str, key: &Constraint) -> String {
    let Some(to) = &key.refers else { return String::new() };
    let full = to.columns.iter().map(|(here, _)| format!("r.{} IS NOT NULL", quoted(here)));
    let fits = to.columns.iter().map(|(h, t)| format!("o.{} = r.{}", quoted(t), quoted(h)));
    format!(
        "SELECT count(*) FROM {} r WHERE {} AND NOT EXISTS (SELECT FROM {} o WHERE {})",
        quoted(table),
        full.collect::<Vec<_>>().join(" AND "),
        quoted(&to.table),
        fits.collect::<Vec<_>>().join(" AND ")
    )
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{super::Reference, *};

    fn column(name: &str, type_name: &str) -> Column {
        Column { name: name.into(), type_name: type_name.into(), ..Column::default() }
    }

    fn key(definition: &str) -> Constraint {
        let (name, definition) = ("bids_item_fkey".to_owned(), definition.to_owned());
        let refers = Reference {
            table: "items".to_owned(),
            columns: vec![("item".to_owned(), "id".to_owned())],
        };
        Constraint { name, definition, valid: true, refers: Some(refers) }
    }

    /// Items, and bids that refer to them.
    fn shape() -> Shape {
        let id = Column { counts_by: Some("items_id_seq".into()), ..column("id", "bigint") };
        let items = Table { columns: vec![id], ..Table::default() };
        let refers = key("FOREIGN KEY (item) REFERENCES items(id)");
        let columns = vec![column("item", "bigint")];
        let bids = Table { columns, constraints: vec![refers], ..Table::default() };
        let tables = BTreeMap::from([("items".to_owned(), items), ("bids".to_owned(), bids)]);
        Shape { tables, ..Shape::default() }
    }

    #[test]
    fn what_is_whole_needs_no_step_and_more_than_that_is_no_fault() {
        let mut live = shape();
        live.tables.insert("of_somebody_else".to_owned(), Table::default());
        if let Some(bids) = live.tables.get_mut("bids") {
            bids.columns.push(column("note", "text"));
            bids.constraints[0].name = "called_otherwise".to_owned();
        }
        assert_eq!(steps(&shape(), &live), (Vec::new(), Vec::new()));
    }

    #[test]
    fn a_table_that_comes_back_gives_out_no_number_that_others_refer_to() {
        let mut live = shape();
        live.tables.remove("items");
        let (steps, odd) = steps(&shape(), &live);
        assert_eq!((steps.len(), odd), (1, Vec::new()), "{steps:#?}");
        assert_eq!(steps[0].what, "table items");
        let counted = steps[0].sql.last().unwrap();
        assert!(counted.contains("max(\"item\"), 0) FROM \"bids\""), "{counted}");
        assert!(steps[0].note.as_ref().is_some_and(|note| note.contains("deal-scout restore")));
    }

    #[test]
    fn a_reference_that_rows_break_holds_for_what_is_written_from_then_on() {
        let mut live = shape();
        live.tables.get_mut("bids").unwrap().constraints.clear();
        let (found, _) = steps(&shape(), &live);
        assert!(found[0].else_sql.as_ref().is_some_and(|sql| sql.ends_with(" NOT VALID")));
        let counts = found[0].in_the_way.as_ref().unwrap();
        assert!(counts.contains("NOT EXISTS (SELECT FROM \"items\" o"), "{counts}");

        live = shape();
        live.tables.get_mut("bids").unwrap().constraints[0].valid = false;
        let (found, _) = steps(&shape(), &live);
        assert!(found[0].sql[0].contains("VALIDATE CONSTRAINT"), "{found:#?}");
    }

    #[test]
    fn what_differs_is_told_and_not_touched() {
        let mut live = shape();
        let bids = live.tables.get_mut("bids").unwrap();
        bids.columns[0].type_name = "text".to_owned();
        bids.constraints[0].definition = "CHECK (item <> '')".to_owned();
        let (found, odd) = steps(&shape(), &live);
        assert_eq!(found, Vec::new());
        assert_eq!(odd.len(), 2);
        assert_eq!(odd[0].what, "column bids.item is text, not bigint");
        assert!(odd[0].advice.contains("TYPE bigint USING"), "{odd:?}");
        assert!(odd[1].advice.contains("DROP CONSTRAINT \"bids_item_fkey\""), "{odd:?}");
    }
}

//! How much each part of a score counts. This is the one place that says which parts there are, what each counts as
//! delivered, how far a person may change that, and what each means.

use std::io::Write;

use diesel::{
    deserialize::{self, FromSql},
    pg::{Pg, PgValue},
    serialize::{self, IsNull, Output, ToSql},
    sql_types::Jsonb,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One weight: its name, its bounds and its meaning.
#[derive(Debug, Clone, Copy)]
pub struct Weight {
    /// The name of the part that it weighs.
    pub name: &'static str,
    /// Its value as delivered.
    pub delivered: u8,
    /// Its lowest value.
    pub least: u8,
    /// Its highest value.
    pub most: u8,
    /// What it means, for people.
    pub about: &'static str,
}

macro_rules! weights {
    ($($name:ident = $delivered:literal in $least:literal..=$most:literal, $about:literal;)+) => {
        /// How much each part of a score counts for one person. The parts that add share the 100 points of a score by
        /// their weights; `risk` is a percentage of what risk signs take away. A weight that is left out counts as
        /// delivered.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
        #[derive(diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
        #[diesel(sql_type = Jsonb)]
        #[serde(default)]
        pub struct Weights {
            $(#[doc = $about] #[schemars(range(min = $least, max = $most))] pub $name: u8,)+
        }

        impl Default for Weights {
            fn default() -> Self {
                Self { $($name: $delivered),+ }
            }
        }

        impl Weights {
            /// Every weight, in the order that people see.
            pub const ALL: &'static [Weight] = &[$(Weight {
                name: stringify!($name), delivered: $delivered, least: $least, most: $most, about: $about,
            }),+];

            /// A weight by its name; zero for a name that is none.
            pub fn of(&self, name: &str) -> u8 {
                match name {
                    $(stringify!($name) => self.$name,)+
                    _ => 0,
                }
            }

            fn slot(&mut self, name: &str) -> Option<&mut u8> {
                match name {
                    $(stringify!($name) => Some(&mut self.$name),)+
                    _ => None,
                }
            }
        }
    };
}

weights! {
    price = 62 in 1..=100, "What reselling would leave after fees and shipping, against the price.";
    certainty = 12 in 0..=100, "How sure the worth is: many recent sales of the same thing, close together.";
    age = 10 in 0..=100, "How fresh the ad is.";
    condition = 6 in 0..=100, "How little worn the thing is.";
    distance = 4 in 0..=100, "How near it is, where the ad says where.";
    photo = 3 in 0..=100, "Whether the ad has a picture.";
    words = 3 in 0..=100, "How well the ad describes it.";
    risk = 100 in 50..=200, "How much of what risk signs take away is taken, in percent.";
}

/// The weight that shares nothing: it scales what risk signs take away.
pub const RISK: &str = "risk";

impl Weights {
    /// What all parts that add count together. The price always counts, so it is above zero in weights that were read.
    pub fn sum(&self) -> u32 {
        let added = Self::ALL.iter().filter(|weight| weight.name != RISK);
        added.map(|weight| u32::from(self.of(weight.name))).sum()
    }

    /// Reads weights as programs give them: some or all of them.
    ///
    /// # Errors
    /// Which weight is wrong, and what would be right.
    pub fn read(value: &Value) -> Result<Self, String> {
        let names = || Self::ALL.iter().map(|weight| weight.name).collect::<Vec<_>>().join(", ");
        let object = value
            .as_object()
            .ok_or_else(|| format!("is no object of weights: {} may be given", names()))?;
        let mut weights = Self::default();
        for (name, number) in object {
            let weight = Self::ALL.iter().find(|weight| weight.name == name);
            let Some((weight, slot)) = weight.zip(weights.slot(name)) else {
                return Err(format!("has no part '{name}'; its parts are {}", names()));
            };
            let (least, most) = (weight.least, weight.most);
            *slot = whole(number).filter(|number| (least..=most).contains(number)).ok_or_else(
                || format!("has a {name} that is not a whole number from {least} to {most}"),
            )?;
        }
        Ok(weights)
    }
}

/// A whole number up to 255. 12.0 is 12: JSON knows one kind of number.
fn whole(value: &Value) -> Option<u8> {
    let number = value.as_f64()?;
    (0..=u8::MAX).find(|whole| f64::from(*whole).total_cmp(&number).is_eq())
}

impl FromSql<Jsonb, Pg> for Weights {
    /// What somebody stored by hand and makes no sense counts as delivered: the rest of the row can be read all the same.
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        match value.as_bytes() {
            [1, text @ ..] => {
                let stored: Value = serde_json::from_slice(text).unwrap_or_default();
                Ok(Self::read(&stored).unwrap_or_default())
            }
            _ => Err("this is no JSONB of version 1".into()),
        }
    }
}

impl ToSql<Jsonb, Pg> for Weights {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        out.write_all(&[1])?;
        serde_json::to_writer(out, self)?;
        Ok(IsNull::No)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn as_delivered_the_parts_share_a_hundred_points_one_for_one() {
        assert_eq!(Weights::default().sum(), 100);
        for weight in Weights::ALL {
            assert_eq!(Weights::default().of(weight.name), weight.delivered);
            assert!((weight.least..=weight.most).contains(&weight.delivered), "{weight:?}");
        }
    }

    #[test]
    fn what_is_left_out_counts_as_delivered() {
        let given = Weights::read(&json!({"age": 0, "risk": 150.0})).unwrap();
        assert_eq!(given, Weights { age: 0, risk: 150, ..Weights::default() });
    }

    #[test]
    fn nonsense_is_refused_with_the_part_that_is_wrong() {
        let wrong = |value: Value| Weights::read(&value).unwrap_err();
        assert!(wrong(json!({"luck": 1})).starts_with("has no part 'luck'; its parts are price, "));
        assert_eq!(
            wrong(json!({"risk": 20})),
            "has a risk that is not a whole number from 50 to 200"
        );
        for number in [json!(-1), json!(101), json!(1.5), json!("62"), json!(null), json!(1e300)] {
            assert!(wrong(json!({"price": number})).contains("price"), "{number}");
        }
        assert!(wrong(json!({"price": 0})).contains("from 1 to 100"), "something always counts");
        assert!(wrong(json!([1])).contains("price, certainty"));
    }
}

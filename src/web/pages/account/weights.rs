//! The weights of a score as a form has them: a number for each part, and what it means.

use std::collections::HashMap;

use crate::{
    model::weights::{RISK, Weight, Weights},
    web::pages::faults::Faults,
};

/// One weight of the form.
pub(super) struct Weighed {
    pub(super) weight: &'static Weight,
    /// What is in its field.
    pub(super) value: String,
}

impl Weighed {
    /// The name of its field.
    pub(super) fn field(&self) -> String {
        field(self.weight)
    }

    /// How it is called.
    pub(super) fn label(&self) -> &'static str {
        match self.weight.name {
            "price" => "Price",
            "certainty" => "Certainty",
            "age" => "Age",
            "condition" => "Condition",
            "distance" => "Distance",
            "photo" => "Photo",
            "words" => "Words",
            _ => "Risk signs",
        }
    }

    /// Whether it takes away, rather than adds.
    pub(super) fn is_risk(&self) -> bool {
        self.weight.name == RISK
    }
}

fn field(weight: &Weight) -> String {
    format!("weight_{}", weight.name)
}

/// Whether a form is the one of the weights.
pub(super) fn are_in(typed: &HashMap<String, String>) -> bool {
    Weights::ALL.iter().any(|weight| typed.contains_key(&field(weight)))
}

/// The stored weights.
pub(super) fn stored(weights: Weights) -> Vec<Weighed> {
    let weighed =
        |weight: &'static Weight| Weighed { weight, value: weights.of(weight.name).to_string() };
    Weights::ALL.iter().map(weighed).collect()
}

/// What was typed.
pub(super) fn typed(typed: &HashMap<String, String>) -> Vec<Weighed> {
    let weighed = |weight: &'static Weight| Weighed {
        weight,
        value: typed.get(&field(weight)).cloned().unwrap_or_default(),
    };
    Weights::ALL.iter().map(weighed).collect()
}

/// The weights that a form chooses, `None` as delivered; an error when there are faults.
pub(super) fn chosen(
    typed: &HashMap<String, String>,
    faults: &mut Faults,
) -> Result<Option<Weights>, ()> {
    if typed.contains_key("delivered") {
        return Ok(None);
    }
    let mut given = serde_json::Map::new();
    for weight in Weights::ALL {
        let field = field(weight);
        let text = typed.get(&field).map_or("", |text| text.trim());
        let number =
            text.parse::<u8>().ok().filter(|number| (weight.least..=weight.most).contains(number));
        match number {
            Some(number) => {
                given.insert(weight.name.to_owned(), number.into());
            }
            None => faults
                .add(&field, format!("is a whole number from {} to {}", weight.least, weight.most)),
        }
    }
    if !faults.is_empty() {
        return Err(());
    }
    let weights = faults.take("weights", Weights::read(&given.into())).ok_or(())?;
    Ok((weights != Weights::default()).then_some(weights))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(pairs: &[(&str, &str)]) -> HashMap<String, String> {
        let delivered = stored(Weights::default());
        let mut all: HashMap<String, String> =
            delivered.into_iter().map(|weighed| (weighed.field(), weighed.value)).collect();
        all.extend(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        all
    }

    #[test]
    fn a_form_chooses_weights_or_those_as_delivered() {
        let mut faults = Faults::default();
        let changed = chosen(&form(&[("weight_age", "40")]), &mut faults);
        assert_eq!(changed, Ok(Some(Weights { age: 40, ..Weights::default() })));
        assert_eq!(chosen(&form(&[]), &mut faults), Ok(None));
        assert_eq!(
            chosen(&form(&[("weight_age", "x"), ("delivered", "1")]), &mut faults),
            Ok(None)
        );
        assert!(faults.is_empty());
    }

    #[test]
    fn what_is_wrong_is_said_of_its_field() {
        let mut faults = Faults::default();
        assert_eq!(
            chosen(&form(&[("weight_age", "-1"), ("weight_risk", "20")]), &mut faults),
            Err(())
        );
        assert_eq!(faults.of("weight_age"), Some("is a whole number from 0 to 100"));
        assert_eq!(faults.of("weight_risk"), Some("is a whole number from 50 to 200"));
    }
}

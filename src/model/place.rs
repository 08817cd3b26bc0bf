//! Places on the map.

/// The earth's mean radius, in kilometres.
const EARTH_KM: f64 = 6_371.0;

/// A circle on the map.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Around {
    /// In degrees north.
    pub latitude: f64,
    /// In degrees east.
    pub longitude: f64,
    /// In kilometres.
    pub radius_km: f64,
}

impl Around {
    /// How far a point is from the middle, in kilometres.
    pub fn distance_km(&self, latitude: f64, longitude: f64) -> f64 {
        distance_km((self.latitude, self.longitude), (latitude, longitude))
    }
}

/// How far two points, in degrees north and east, are from each other along the ground, in kilometres.
pub fn distance_km(from: (f64, f64), to: (f64, f64)) -> f64 {
    let (north, east) = ((to.0 - from.0).to_radians(), (to.1 - from.1).to_radians());
    let flat = (north / 2.0).sin().powi(2)
        + from.0.to_radians().cos() * to.0.to_radians().cos() * (east / 2.0).sin().powi(2);
    2.0 * EARTH_KM * flat.clamp(0.0, 1.0).sqrt().asin()
}

/// The point that an ad's `location` names, in degrees north and east.
pub fn point(location: &serde_json::Value) -> Option<(f64, f64)> {
    let degrees = |name: &str| location.get(name).and_then(serde_json::Value::as_f64);
    let (north, east) = (degrees("lat")?, degrees("lng")?);
    ((-90.0..=90.0).contains(&north) && (-180.0..=180.0).contains(&east)).then_some((north, east))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn distances_are_those_of_the_atlas() {
        let (berlin, hamburg) = ((52.52, 13.405), (53.551, 9.994));
        assert!((distance_km(berlin, hamburg) - 255.0).abs() < 2.0);
        assert!(distance_km(berlin, berlin) < 0.001);
        let over_the_date_line = distance_km((0.0, 179.5), (0.0, -179.5));
        assert!((over_the_date_line - 111.2).abs() < 0.5, "{over_the_date_line}");
        let across = distance_km((0.0, 0.0), (0.0, 180.0));
        assert!((across - 20_015.0).abs() < 1.0, "{across}");
    }

    #[test]
    fn a_point_needs_both_numbers_and_has_to_be_on_the_map() {
        assert_eq!(point(&json!({"lat": 52.5, "lng": 13})), Some((52.5, 13.0)));
        for none in [json!({}), json!({"lat": 1}), json!({"lat": 91, "lng": 0}), json!(null)] {
            assert_eq!(point(&none), None, "{none}");
        }
    }
}

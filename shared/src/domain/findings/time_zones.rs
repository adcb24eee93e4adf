//! The time zones that a schedule may name.
//!
//! Zuora's workflows offer the names of Ruby on Rails (`ActiveSupport::TimeZone`, where the list is from); names of the IANA
//! database are not offered, but understood. Those begin with one of a few areas, and what follows is not looked up: the
//! database changes several times a year.

/// The names of Rails, those of older releases included.
#[rustfmt::skip]
const RAILS: [&str; 154] = [
    "Abu Dhabi", "Adelaide", "Alaska", "Almaty", "American Samoa", "Amsterdam", "Arizona", "Astana", "Asuncion",
    "Athens", "Atlantic Time (Canada)", "Auckland", "Azores", "Baghdad", "Baku", "Bangkok", "Beijing", "Belgrade",
    "Berlin", "Bern", "Bogota", "Brasilia", "Bratislava", "Brisbane", "Brussels", "Bucharest", "Budapest",
    "Buenos Aires", "Cairo", "Canberra", "Cape Verde Is.", "Caracas", "Casablanca", "Central America",
    "Central Time (US & Canada)", "Chatham Is.", "Chennai", "Chihuahua", "Chongqing", "Copenhagen", "Darwin", "Dhaka",
    "Dublin", "Eastern Time (US & Canada)", "Edinburgh", "Ekaterinburg", "Fiji", "Georgetown", "Greenland",
    "Guadalajara", "Guam", "Hanoi", "Harare", "Hawaii", "Helsinki", "Hobart", "Hong Kong", "Indiana (East)",
    "International Date Line West", "Irkutsk", "Islamabad", "Istanbul", "Jakarta", "Jerusalem", "Kabul", "Kaliningrad",
    "Kamchatka", "Karachi", "Kathmandu", "Kolkata", "Krasnoyarsk", "Kuala Lumpur", "Kuwait", "Kyev", "Kyiv", "La Paz",
    "Lima", "Lisbon", "Ljubljana", "London", "Madrid", "Magadan", "Marshall Is.", "Mazatlan", "Melbourne",
    "Mexico City", "Mid-Atlantic", "Midway Island", "Minsk", "Monrovia", "Monterrey", "Montevideo", "Moscow",
    "Mountain Time (US & Canada)", "Mumbai", "Muscat", "Nairobi", "New Caledonia", "New Delhi", "Newfoundland",
    "Novosibirsk", "Nuku'alofa", "Osaka", "Pacific Time (US & Canada)", "Paris", "Perth", "Port Moresby", "Prague",
    "Pretoria", "Puerto Rico", "Quito", "Rangoon", "Riga", "Riyadh", "Rome", "Samara", "Samoa", "Santiago", "Sapporo",
    "Sarajevo", "Saskatchewan", "Seoul", "Singapore", "Skopje", "Sofia", "Solomon Is.", "Srednekolymsk",
    "Sri Jayawardenepura", "St. Petersburg", "Stockholm", "Sydney", "Taipei", "Tallinn", "Tashkent", "Tbilisi",
    "Tehran", "Tijuana", "Tokelau Is.", "Tokyo", "UTC", "Ulaan Bataar", "Ulaanbaatar", "Urumqi", "Vienna", "Vilnius",
    "Vladivostok", "Volgograd", "Warsaw", "Wellington", "West Central Africa", "Yakutsk", "Yerevan", "Zagreb", "Zurich",
];
/// The areas of the IANA database.
const AREAS: [&str; 11] = [
    "Africa/",
    "America/",
    "Antarctica/",
    "Arctic/",
    "Asia/",
    "Atlantic/",
    "Australia/",
    "Etc/",
    "Europe/",
    "Indian/",
    "Pacific/",
];
/// Its names without an area that are in use.
const ALONE: [&str; 12] =
    ["CET", "CST6CDT", "EET", "EST", "EST5EDT", "GMT", "HST", "MET", "MST", "MST7MDT", "PST8PDT", "WET"];

/// True for a time zone that Zuora understands.
pub(super) fn is_known(name: &str) -> bool {
    let name = name.trim();
    let is_in_area = || AREAS.iter().any(|area| name.len() > area.len() && name.starts_with(area));
    RAILS.binary_search(&name).is_ok() || ALONE.binary_search(&name).is_ok() || is_in_area()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_sorted_so_that_they_can_be_searched() {
        assert!(RAILS.is_sorted() && ALONE.is_sorted());
    }

    #[test]
    fn names_of_rails_and_of_the_iana_database_are_known() {
        for name in ["UTC", "Eastern Time (US & Canada)", "Nuku'alofa", "St. Petersburg", "Europe/Berlin", "EST"] {
            assert!(is_known(name), "{name}");
        }
        for name in ["", "Eastern Time", "eastern time (us & canada)", "Europe/", "GMT+2", "nowhere"] {
            assert!(!is_known(name), "{name}");
        }
    }
}

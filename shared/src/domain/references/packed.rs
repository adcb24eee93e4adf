//! References as they are stored: packed JSON.

use super::References;
use crate::domain::definition::{DefinitionError, compress, unpack};

impl References {
    /// Packs them.
    ///
    /// # Errors
    /// If they cannot be written; that is a bug.
    pub fn pack(&self) -> Result<Vec<u8>, DefinitionError> {
        let json = serde_json::to_vec(self).map_err(|_| DefinitionError::NotCompressed)?;
        Ok(compress(&json)?.concat())
    }

    /// Unpacks what [`References::pack`] made.
    ///
    /// # Errors
    /// `Damaged` for anything else.
    pub fn unpack(packed: &[u8]) -> Result<Self, DefinitionError> {
        serde_json::from_slice(&unpack(&[packed])?).map_err(|_| DefinitionError::Damaged)
    }

    /// Unpacks them if one of the folded texts may be in one of their values: most workflows hold none of what is looked for,
    /// and need not be read.
    ///
    /// # Errors
    /// As [`References::unpack`].
    pub fn unpack_with(packed: &[u8], needles: &[&str]) -> Result<Option<Self>, DefinitionError> {
        let json = unpack(&[packed])?;
        let written = |needle: &&str| serde_json::to_string(needle).unwrap_or_default();
        // Values are folded already, and JSON writes each character by itself.
        let may_hold = |text: &str| needles.iter().map(written).any(|needle| text.contains(needle.trim_matches('"')));
        match std::str::from_utf8(&json) {
            Ok(text) if may_hold(text) => serde_json::from_str(text).map(Some).map_err(|_| DefinitionError::Damaged),
            Ok(_) => Ok(None),
            Err(_) => Err(DefinitionError::Damaged),
        }
    }
}

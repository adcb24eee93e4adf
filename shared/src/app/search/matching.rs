//! What a search looks for, and where it stands in what a workflow refers to.

use crate::{
    aws::references::Referring,
    domain::{
        customer::Summary,
        definition::DefinitionError,
        ids::WorkflowId,
        name::SearchText,
        references::{Kind, Reference, References, TaskName},
        text_search::{Needle, Place},
    },
};

/// What is looked for.
#[derive(Clone, Debug)]
pub enum Query {
    /// A customer or workflow by a part of its name, or by its id.
    Name {
        /// The part of a name; none if only an id is looked for.
        part: Option<SearchText>,
        /// The id as it was written.
        id: String,
    },
    /// A reference whose value has this in it, folded.
    Reference(Kind, String),
    /// References to one workflow: by its id, or by its name, folded.
    UsedBy(WorkflowId, Option<String>),
    /// A text in a definition.
    Text(Needle),
}

/// A place in a workflow. Without a path it is the workflow itself.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// The task, if it is in one.
    pub task: Option<TaskName>,
    /// The path in the task, or in the export.
    pub path: Option<String>,
    /// The text around it.
    pub snippet: Option<String>,
    /// True if it names a workflow by its name.
    pub is_by_name: bool,
}

impl From<Place> for Found {
    fn from(Place { task, path, snippet }: Place) -> Self {
        Self { task, path: Some(path), snippet: Some(snippet), is_by_name: false }
    }
}

impl Found {
    fn new(references: &References, reference: &Reference) -> Self {
        Self {
            task: references.task(reference).cloned(),
            path: Some(reference.path.clone()),
            snippet: Some(reference.snippet.clone()).filter(|snippet| !snippet.is_empty()),
            is_by_name: reference.is_by_name(),
        }
    }
}

impl Query {
    /// True if whole definitions are read for it.
    pub const fn reads_definitions(&self) -> bool {
        matches!(self, Self::Text(_))
    }

    /// True if references are read for it, and not only names.
    pub const fn reads_references(&self) -> bool {
        matches!(self, Self::Reference(..) | Self::UsedBy(..))
    }

    /// True if a customer itself is a hit.
    pub fn is_customer(&self, customer: &Summary) -> bool {
        match self {
            Self::Name { part, id } => {
                customer.id.as_str() == id || part.as_ref().is_some_and(|part| part.is_in(&customer.name))
            }
            _ => false,
        }
    }

    /// The hits among what a workflow refers to, the first `most`.
    ///
    /// # Errors
    /// If what is stored is damaged.
    pub fn places(&self, referring: &Referring, most: usize) -> Result<Vec<Found>, DefinitionError> {
        let references = match self {
            Self::Text(_) => return Ok(Vec::new()),
            Self::Name { part, id } => {
                let is_in = |name: &String| part.as_ref().is_some_and(|part| part.is_in(name));
                let is_found = referring.id.as_str() == id || referring.name.as_ref().is_some_and(is_in);
                return Ok(is_found.then(Found::default).into_iter().collect());
            }
            Self::Reference(_, needle) => referring.references_with(&[needle])?,
            Self::UsedBy(id, name) => {
                let needles: Vec<_> = [Some(id.as_str()), name.as_deref()].into_iter().flatten().collect();
                referring.references_with(&needles)?
            }
        };
        let Some(references) = references else { return Ok(Vec::new()) };
        let all = references.all.iter().filter(|found| self.is_meant(found));
        Ok(all.take(most).map(|found| Found::new(&references, found)).collect())
    }

    fn is_meant(&self, found: &Reference) -> bool {
        match self {
            Self::Reference(kind, needle) => found.kind == *kind && found.value.contains(needle),
            Self::UsedBy(id, name) if found.kind == Kind::Workflow => match found.is_by_name() {
                true => name.as_ref() == Some(&found.value),
                false => found.value.eq_ignore_ascii_case(id.as_str()),
            },
            _ => false,
        }
    }
}

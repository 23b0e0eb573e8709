//! Products.

use aggregates::{
    catalog::product::{ProductChanges, ProductEvent},
    change::Apply,
    ids::{ProductId, SpaceId},
    slug::Slug,
};
use chrono::{DateTime, Utc};

use super::scores::{Weighed, moved, score};
use crate::{FoldError, RowKeys, Rows, row::row};

row! {
    /// One product.
    pub struct ProductRow in "products", key(id: ProductId), group(space_id) {
        pub id: ProductId,
        pub space_id: SpaceId,
        pub name: String,
        pub slug: String,
        pub description: Option<String>,
        pub archived_at: Option<DateTime<Utc>>,
        /// Name and slug in lower case.
        pub search_text: String,
        /// The weights of the quality checks that have a result which counts.
        pub quality_weight: i64,
        /// Twice what they weigh together, each by how far it was passed.
        pub quality_points: i64,
        pub version: i64,
        pub created_at: DateTime<Utc>,
        pub updated_at: DateTime<Utc>,
    }
}

impl ProductRow {
    fn apply(&mut self, changes: &ProductChanges) {
        changes.name.apply(&mut self.name);
        changes.slug.apply_as(&mut self.slug, Slug::to_string);
        changes.description.apply(&mut self.description);
        self.search_text = search_text(&self.name, &self.slug);
    }
}

impl ProductRow {
    /// What it adds to the scores of its space.
    pub(super) fn score(&self) -> Option<i64> {
        let all = Weighed { weight: self.quality_weight, points: self.quality_points };
        if self.archived_at.is_some() { None } else { score(all) }
    }
}

fn search_text(name: &str, slug: &str) -> String {
    format!("{} {slug}", name.to_lowercase())
}

pub(crate) fn keys(id: ProductId, event: &ProductEvent, keys: &mut RowKeys) {
    keys.products.insert((id,));
    match event {
        ProductEvent::ProductCreated { space, .. } | ProductEvent::ProductArchived { space } => {
            keys.space_counters.insert((*space,));
        }
        ProductEvent::ProductUpdated { .. } => {}
    }
}

pub(crate) fn fold(id: ProductId, event: &ProductEvent, at: DateTime<Utc>, rows: &mut Rows) -> Result<(), FoldError> {
    match event {
        ProductEvent::ProductCreated { space, name, slug, description } => {
            rows.space_counters.update(&(*space,), |row| row.products += 1)?;
            return rows.products.insert(ProductRow {
                id,
                space_id: *space,
                name: name.clone(),
                slug: slug.as_str().to_owned(),
                description: description.clone(),
                archived_at: None,
                search_text: search_text(name, slug.as_str()),
                quality_weight: 0,
                quality_points: 0,
                version: 1,
                created_at: at,
                updated_at: at,
            });
        }
        ProductEvent::ProductArchived { space } => {
            rows.space_counters.update(&(*space,), |row| row.products -= 1)?;
            let score = rows.products.get(&(id,)).and_then(ProductRow::score);
            moved(rows, *space, score, None)?;
        }
        ProductEvent::ProductUpdated { .. } => {}
    }
    rows.products.update(&(id,), |row| {
        match event {
            ProductEvent::ProductCreated { .. } => {}
            ProductEvent::ProductUpdated { changes, .. } => row.apply(changes),
            ProductEvent::ProductArchived { .. } => row.archived_at = Some(at),
        }
        row.version += 1;
        row.updated_at = at;
    })
}

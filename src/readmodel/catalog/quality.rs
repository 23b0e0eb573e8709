//! Quality checks, and what they found.

use std::sync::LazyLock;

use aggregates::{
    authorization::{Asker, Permission},
    catalog::quality_check::Measured,
    ids::{OrganizationId, ProductId, QualityCheckId, SpaceId},
};
use projections::{
    RowKeys, Rows,
    catalog::quality::{QualityCheckRow, QualityResultRow},
    spaces::SpaceRow,
};
use uuid::Uuid;

use crate::{
    database,
    readmodel::{
        Current, Error, Grouped, IdOrSlug, Listed, Paged, ReadModel, StatusFilter, Versioned, View,
        columns::columns,
        organizations::{Page, Reference},
        spaces::{SpaceReference, SpaceSummary},
        within::{Conditions, Cut, Filter, Selected, Within},
    },
};

/// A quality check with the space that it is in.
#[derive(Debug, Clone, PartialEq)]
pub struct QualityCheckView {
    pub check: QualityCheckRow,
    pub space: SpaceSummary,
}

impl View for QualityCheckView {
    type Of = (SpaceId, QualityCheckId);

    fn rows(&(space, id): &Self::Of) -> RowKeys {
        RowKeys::of::<QualityCheckRow>([(id,)]).and::<SpaceRow>([(space,)])
    }

    fn read(rows: &Rows, &(space, id): &Self::Of) -> Option<Self> {
        let check = rows.quality_checks.get(&(id,))?.clone();
        Some(Self { space: rows.spaces.get(&(space,))?.into(), check })
    }

    fn current(rows: &Rows, &(_, id): &Self::Of) -> Current {
        Current::of::<QualityCheckRow>(rows, &(id,))
    }
}

impl Versioned for QualityCheckView {
    fn version(&self) -> i64 {
        self.check.version
    }
}

impl Paged for QualityCheckView {
    fn id(&self) -> Uuid {
        self.check.id.uuid()
    }
}

impl Selected for QualityCheckView {
    type Parts = (QualityCheckRow, SpaceSummary);

    fn columns() -> String {
        format!("{}, {}", columns::<QualityCheckRow>("q"), SpaceSummary::COLUMNS)
    }

    fn new((check, space): Self::Parts) -> Self {
        Self { check, space }
    }
}

impl QualityCheckView {
    /// What was measured when it was measured as it counts.
    pub fn value(&self) -> Option<Measured> {
        measured(self.check.value_text.as_deref(), self.check.value_integer)
    }
}

/// What a check found once.
#[derive(Debug, Clone, PartialEq)]
pub struct QualityResultView(pub QualityResultRow);

impl View for QualityResultView {
    /// The check, and the number.
    type Of = (QualityCheckId, i64);

    fn rows(of: &Self::Of) -> RowKeys {
        RowKeys::of::<QualityResultRow>([*of])
    }

    fn read(rows: &Rows, of: &Self::Of) -> Option<Self> {
        rows.quality_results.get(of).cloned().map(Self)
    }
}

impl Selected for QualityResultView {
    type Parts = QualityResultRow;

    fn columns() -> String {
        columns::<QualityResultRow>("qr")
    }

    fn new(row: QualityResultRow) -> Self {
        Self(row)
    }
}

impl QualityResultView {
    pub fn value(&self) -> Option<Measured> {
        measured(self.0.value_text.as_deref(), self.0.value_integer)
    }
}

fn measured(text: Option<&str>, integer: Option<i64>) -> Option<Measured> {
    integer.map(Measured::Integer).or_else(|| text.map(|text| Measured::Text(text.to_owned())))
}

/// Which checks a list shows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct QualityCheckFilter {
    pub status: StatusFilter,
    /// Those of this product only.
    pub product: Option<ProductId>,
}

impl Filter for QualityCheckFilter {
    fn narrow(&self, checks: &mut Conditions<'_>) {
        self.status.narrow(checks);
        if let Some(product) = &self.product {
            checks.with(&format!("{} = ?", checks.column("product_id")), product);
        }
    }
}

static CHECKS: LazyLock<Within<QualityCheckView, SpaceId>> =
    LazyLock::new(|| Within::spaces("quality_checks q", Permission::CatalogRead));

static RESULTS: LazyLock<Within<QualityResultView, QualityCheckId>> =
    LazyLock::new(|| Within::quality_checks("quality_results qr", Permission::CatalogRead));

impl ReadModel {
    /// One check, whatever space has it, if the asker may know of it.
    pub async fn quality_check(&self, asker: Asker, id: QualityCheckId) -> Result<Option<QualityCheckView>, Error> {
        CHECKS.by_id(self, asker, &id).await
    }

    /// One check, whatever space has it; none where the asker may not read it.
    pub async fn quality_check_anywhere(
        &self,
        asker: Asker,
        id: QualityCheckId,
    ) -> Result<Option<QualityCheckView>, database::Error> {
        CHECKS.anywhere(self, asker, &id).await
    }

    /// The checks of a space.
    pub async fn quality_checks(
        &self,
        asker: Asker,
        space: &SpaceReference,
        filter: &QualityCheckFilter,
        page: Page,
        count: bool,
    ) -> Result<Listed<QualityCheckView>, Error> {
        CHECKS.page(self, asker, space, filter, page, count).await
    }

    /// The newest checks of each space, at most so many.
    pub async fn quality_checks_of(
        &self,
        asker: Asker,
        spaces: &[SpaceId],
        filter: &QualityCheckFilter,
        most: i64,
    ) -> Result<Grouped<SpaceId, QualityCheckView>, database::Error> {
        CHECKS.of_each(self, asker, spaces, filter, most).await
    }

    /// What a check found, newest first; none where there is no such check for the asker.
    pub async fn quality_results(
        &self,
        asker: Asker,
        id: QualityCheckId,
        page: Page,
        count: bool,
    ) -> Result<Option<Listed<QualityResultView>>, Error> {
        let Some(view) = self.quality_check(asker, id).await? else { return Ok(None) };
        let space = IdOrSlug::Id(view.check.space_id);
        RESULTS.page_inside(self, asker, (&space, id), &(), page, count).await
    }

    /// The newest results of each check, at most so many.
    pub async fn results_of_checks(
        &self,
        asker: Asker,
        checks: &[QualityCheckId],
        most: i64,
    ) -> Result<Grouped<QualityCheckId, QualityResultView>, database::Error> {
        RESULTS.of_each(self, asker, checks, &(), most).await
    }

    /// The checks of an organization's spaces.
    pub async fn quality_across(
        &self,
        asker: Asker,
        organization: &Reference,
        filter: &QualityCheckFilter,
        cut: Cut,
    ) -> Result<Listed<QualityCheckView>, Error> {
        CHECKS.across(self, asker, organization, filter, cut).await
    }

    /// The newest checks of each organization's spaces, at most so many.
    pub async fn quality_across_each(
        &self,
        asker: Asker,
        organizations: &[OrganizationId],
        filter: &QualityCheckFilter,
        most: i64,
    ) -> Result<Grouped<OrganizationId, QualityCheckView>, database::Error> {
        CHECKS.across_each(self, asker, organizations, filter, most).await
    }
}

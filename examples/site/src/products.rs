//! What Larchfield sells.

/// A hosting plan.
pub(crate) struct Product {
    /// Its name in forms and in records.
    pub(crate) id: &'static str,
    /// Its name for people.
    pub(crate) name: &'static str,
    /// Whom it suits, in a sentence.
    pub(crate) suits: &'static str,
    /// Euros a month.
    pub(crate) price: &'static str,
    /// Storage.
    pub(crate) space: &'static str,
    /// Domains.
    pub(crate) domains: &'static str,
    /// Mailboxes.
    pub(crate) mailboxes: &'static str,
}

/// All plans, smallest first.
pub(crate) const PRODUCTS: [Product; 3] = [
    Product {
        id: "garden",
        name: "Garden",
        suits: "One site that you look after yourself.",
        price: "4",
        space: "5 GB",
        domains: "1 domain",
        mailboxes: "5 mailboxes",
    },
    Product {
        id: "orchard",
        name: "Orchard",
        suits: "A shop, a club, a parish: several sites and the people who write them.",
        price: "11",
        space: "40 GB",
        domains: "5 domains",
        mailboxes: "40 mailboxes",
    },
    Product {
        id: "field",
        name: "Field",
        suits: "An agency with clients, or a site that the whole valley reads.",
        price: "34",
        space: "250 GB",
        domains: "30 domains",
        mailboxes: "300 mailboxes",
    },
];

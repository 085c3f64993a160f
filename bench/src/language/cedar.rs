//! Cedar: as many rules, read and validated against a schema.

use std::fmt::Write as _;

use anyhow::{Context as _, Result, ensure};
use cedar_policy::{PolicySet, Schema, ValidationMode, Validator};

use crate::decide::shape::{Shape, Tree};

pub struct Cedar {
    schema: String,
    policies: String,
}

impl Cedar {
    pub fn new(shape: &Shape) -> Self {
        let mut schema = String::from("entity Recipient in [Recipient];\nentity Data in [Data];\n");
        let mut actions = |tree: &Tree| {
            for (name, above) in tree.names() {
                let above = above.map(|above| format!(" in [\"{above}\"]")).unwrap_or_default();
                let _ = writeln!(
                    schema,
                    "action \"{name}\"{above} appliesTo {{ principal: Recipient, resource: Data, context: {{ agreed: Set<String>, sixteen_or_over: Bool }} }};"
                );
            }
        };
        actions(&shape.purposes);
        let policies = shape.rules.iter().map(crate::decide::cedar_text).collect::<Vec<_>>().join("\n");
        Self { schema, policies }
    }

    /// Reads and validates; how many policies there were.
    pub fn validate(&self) -> Result<usize> {
        let (schema, warnings) = Schema::from_cedarschema_str(&self.schema).context("the schema")?;
        ensure!(warnings.count() == 0, "the schema has warnings");
        let policies: PolicySet = self.policies.parse().context("the policies")?;
        let count = policies.num_of_policies();
        let result = Validator::new(schema).validate(&policies, ValidationMode::default());
        ensure!(result.validation_passed(), "cedar finds: {result}");
        Ok(count)
    }
}

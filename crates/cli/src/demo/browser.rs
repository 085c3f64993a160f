//! A person's browser: opens pages of the site, fills their forms in and sends them, like any browser without scripts.

use anyhow::{Context, Result, bail};

use super::api::agent;

/// One person's browser, on one page.
pub(super) struct Browser {
    agent: ureq::Agent,
    base: String,
    page: String,
    status: u16,
    cookies: bool,
}

impl Browser {
    /// A browser that has not opened anything yet.
    pub(super) fn new(base: &str) -> Self {
        Self { agent: agent(), base: base.to_owned(), page: String::new(), status: 0, cookies: false }
    }

    /// Opens a page.
    pub(super) fn open(&mut self, path: &str) -> Result<()> {
        self.open_from(path, None)
    }

    /// Opens a page by a link on somebody else's.
    pub(super) fn open_from(&mut self, path: &str, referrer: Option<&str>) -> Result<()> {
        let mut request = self.agent.get(format!("{}{path}", self.base));
        if let Some(referrer) = referrer {
            request = request.header("Referer", referrer);
        }
        let response = request.call().with_context(|| format!("the site does not answer at `{path}`"))?;
        self.show(response)
    }

    /// Fills in the form on this page that is sent to `action`, and sends it.
    pub(super) fn send(&mut self, action: &str, fields: &[(&str, &str)]) -> Result<()> {
        let mut all = self.hidden(action)?;
        all.extend(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        self.post(action, all)
    }

    /// Sends the form among several to the same address that holds this hidden value.
    pub(super) fn send_the_one_with(
        &mut self,
        action: &str,
        hidden: (&str, &str),
        fields: &[(&str, &str)],
    ) -> Result<()> {
        let mut all = self.hidden(action)?;
        all.retain(|(name, _)| name != hidden.0);
        all.push((hidden.0.to_owned(), hidden.1.to_owned()));
        all.extend(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        self.post(action, all)
    }

    fn post(&mut self, action: &str, fields: Vec<(String, String)>) -> Result<()> {
        let response = self
            .agent
            .post(format!("{}{action}", self.base))
            .header("Origin", &self.base)
            .send_form(fields)
            .with_context(|| format!("the site does not answer at `{action}`"))?;
        let to = response.headers().get("location").and_then(|to| to.to_str().ok()).map(str::to_owned);
        match to {
            Some(path) if response.status().as_u16() == 303 => self.open(&path),
            _ => self.show(response),
        }
    }

    fn show(&mut self, mut response: ureq::http::Response<ureq::Body>) -> Result<()> {
        self.cookies |= response.headers().contains_key("set-cookie");
        self.status = response.status().as_u16();
        self.page = response.body_mut().read_to_string().context("the site broke off")?;
        Ok(())
    }

    /// The hidden controls of a form on this page.
    fn hidden(&self, action: &str) -> Result<Vec<(String, String)>> {
        let Some((_, form)) = self.page.split_once(&format!("action=\"{action}\"")) else {
            bail!("the page has no form that is sent to `{action}`: {}", self.title());
        };
        let form = form.split("</form>").next().unwrap_or("");
        let attribute = |tag: &str, name: &str| {
            tag.split_once(&format!(" {name}=\""))
                .and_then(|(_, rest)| rest.split_once('"'))
                .map(|(value, _)| value.to_owned())
        };
        Ok(form
            .split("<input")
            .skip(1)
            .filter_map(|rest| rest.split('>').next())
            .filter(|tag| tag.contains("type=\"hidden\""))
            .filter_map(|tag| Some((attribute(tag, "name")?, attribute(tag, "value")?)))
            .collect())
    }

    /// Status of the page.
    pub(super) fn status(&self) -> u16 {
        self.status
    }

    /// The page's heading.
    pub(super) fn title(&self) -> &str {
        self.between("<h1>", "</h1>").unwrap_or("a page without a heading")
    }

    /// The first text on the page between two pieces of markup.
    pub(super) fn between(&self, from: &str, to: &str) -> Option<&str> {
        Some(self.page.split_once(from)?.1.split_once(to)?.0)
    }

    /// How often this stands on the page.
    pub(super) fn count(&self, text: &str) -> usize {
        self.page.matches(text).count()
    }

    /// Whether the page says this.
    pub(super) fn shows(&self, text: &str) -> bool {
        self.page.contains(text)
    }

    /// Whether the site has ever set a cookie.
    pub(super) fn has_cookies(&self) -> bool {
        self.cookies
    }
}

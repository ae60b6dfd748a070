//! Where settings come from, and which source wins.

use crate::failure::Failure;
use crate::settings::{CONFIG, SETTINGS, Setting};
use clap::ArgMatches;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// The variables of the environment that are Pecta's.
pub(crate) type Variables = HashMap<String, String>;

/// The variables of this process that are Pecta's.
pub(crate) fn variables() -> Result<Variables, Failure> {
    let ours = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value)))
        .filter(|(name, _)| name.starts_with("PECTA_"));
    ours.map(|(name, value)| match value.into_string() {
        Ok(value) => Ok((name, value)),
        Err(_) => Err(Failure::usage(format!("{name} must be UTF-8"))),
    })
    .collect()
}

/// Where a value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    Flag,
    Environment,
    File,
    Default,
}

/// Everything that settings are read from.
pub(crate) struct Sources {
    flags: ArgMatches,
    variables: Variables,
    file: toml::Table,
    file_path: PathBuf,
}

impl Sources {
    /// The command line, the environment, and the settings file if one is named.
    pub(crate) fn gather(flags: ArgMatches, variables: Variables) -> Result<Self, Failure> {
        let mut sources = Self {
            flags,
            variables,
            file: toml::Table::new(),
            file_path: PathBuf::new(),
        };
        if let Some(path) = sources.text(&CONFIG)? {
            sources.file = read_file(Path::new(&path))?;
            sources.file_path = path.into();
        }
        Ok(sources)
    }

    /// A variable of the environment. An empty one counts as unset.
    pub(crate) fn variable(&self, name: &str) -> Option<String> {
        self.variables
            .get(name)
            .filter(|value| !value.is_empty())
            .cloned()
    }

    /// The value of a setting as text, and its origin.
    pub(crate) fn find(&self, setting: &Setting) -> Result<Option<(String, Origin)>, Failure> {
        if let Some(value) = self.flags.get_one::<String>(setting.key) {
            return Ok(Some((value.clone(), Origin::Flag)));
        }
        if let Some(value) = self.variable(&setting.variable()) {
            return Ok(Some((value, Origin::Environment)));
        }
        if let Some(value) = self.file.get(setting.key) {
            let text = match value {
                toml::Value::String(text) => text.clone(),
                toml::Value::Integer(number) => number.to_string(),
                toml::Value::Float(number) => number.to_string(),
                _ => return Err(self.wrong(setting, Origin::File, "a string or a number")),
            };
            return Ok(Some((text, Origin::File)));
        }
        Ok(setting
            .default
            .map(|value| (value.to_owned(), Origin::Default)))
    }

    pub(crate) fn text(&self, setting: &Setting) -> Result<Option<String>, Failure> {
        Ok(self.find(setting)?.map(|(value, _)| value))
    }

    pub(crate) fn required<T>(
        &self,
        setting: &Setting,
        allowed: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, Failure> {
        let found = self.find(setting)?;
        let (value, origin) = found.unwrap_or((String::new(), Origin::Default));
        parse(&value).ok_or_else(|| self.wrong(setting, origin, allowed))
    }

    /// The same where nothing stands for a default.
    pub(crate) fn optional<T>(
        &self,
        setting: &Setting,
        allowed: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, Failure> {
        match self.find(setting)? {
            Some(_) => self.required(setting, allowed, parse).map(Some),
            None => Ok(None),
        }
    }

    /// Names the value by where it stands; the value itself is not repeated.
    fn wrong(&self, setting: &Setting, origin: Origin, allowed: &str) -> Failure {
        let name = match origin {
            Origin::Flag => format!("--{}", setting.flag()),
            Origin::Environment => setting.variable(),
            Origin::File => format!("{} in {}", setting.key, self.file_path.display()),
            Origin::Default => setting.key.to_owned(),
        };
        Failure::usage(format!("{name} must be {allowed}"))
    }
}

fn read_file(path: &Path) -> Result<toml::Table, Failure> {
    let name = path.display();
    let text = std::fs::read_to_string(path);
    let text = text.map_err(|error| Failure::usage(format!("cannot read {name}: {error}")))?;
    let table: toml::Table = text
        .parse()
        .map_err(|error: toml::de::Error| Failure::usage(format!("{name}: {}", error.message())))?;
    let known = |key: &str| SETTINGS.iter().any(|setting| setting.key == key);
    if let Some(key) = table.keys().find(|key| !known(key)) {
        let allowed: Vec<_> = SETTINGS.iter().map(|setting| setting.key).collect();
        let allowed = allowed.join(", ");
        return Err(Failure::usage(format!(
            "unknown key `{key}` in {name}; allowed: {allowed}"
        )));
    }
    Ok(table)
}

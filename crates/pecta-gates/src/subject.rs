//! What is judged.

use std::fmt;

use crate::Json;

/// One output of an agent, with what is known about how it came about.
///
/// ```
/// use pecta_gates::{Json, Subject};
///
/// let output = Json::parse(r#"{"stdout": "total 0"}"#)?;
/// let subject = Subject::new(&output).tool("shell.run").latency_ms(18.0);
/// assert_eq!(subject.tool, Some("shell.run"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Subject<'a> {
    /// What the agent or tool put out.
    pub output: &'a Json<'a>,
    /// What the agent or tool was given.
    pub input: Option<&'a Json<'a>>,
    /// The name of the tool that was called.
    pub tool: Option<&'a str>,
    /// How long the agent took for its output, in milliseconds.
    pub latency_ms: Option<f64>,
    /// How long the whole request that this evaluation is part of may take, in milliseconds.
    pub tmax_ms: Option<f64>,
    /// How much of that time had passed when the evaluation was asked for, in milliseconds.
    pub elapsed_ms: Option<f64>,
}

impl fmt::Debug for Subject<'_> {
    /// Holds nothing of the output and the input.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subject")
            .field("tool", &self.tool)
            .field("latency_ms", &self.latency_ms)
            .field("tmax_ms", &self.tmax_ms)
            .field("elapsed_ms", &self.elapsed_ms)
            .finish_non_exhaustive()
    }
}

impl<'a> Subject<'a> {
    /// An output of which nothing else is known.
    #[must_use]
    pub fn new(output: &'a Json<'a>) -> Self {
        Self {
            output,
            input: None,
            tool: None,
            latency_ms: None,
            tmax_ms: None,
            elapsed_ms: None,
        }
    }

    /// Adds what the agent or tool was given.
    #[must_use]
    pub fn input(self, input: &'a Json<'a>) -> Self {
        Self {
            input: Some(input),
            ..self
        }
    }

    /// Adds the name of the tool that was called.
    #[must_use]
    pub fn tool(self, tool: &'a str) -> Self {
        Self {
            tool: Some(tool),
            ..self
        }
    }

    /// Adds how long the agent took for its output, in milliseconds.
    #[must_use]
    pub fn latency_ms(self, latency_ms: f64) -> Self {
        Self {
            latency_ms: Some(latency_ms),
            ..self
        }
    }

    /// Adds how long the whole request may take, in milliseconds.
    #[must_use]
    pub fn tmax_ms(self, tmax_ms: f64) -> Self {
        Self {
            tmax_ms: Some(tmax_ms),
            ..self
        }
    }

    /// Adds how much of that time has passed already, in milliseconds.
    #[must_use]
    pub fn elapsed_ms(self, elapsed_ms: f64) -> Self {
        Self {
            elapsed_ms: Some(elapsed_ms),
            ..self
        }
    }
}

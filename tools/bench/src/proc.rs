//! What the system knows of a process, and where processes run. Linux only.

use crate::Outcome;
use std::fs;
use std::process::{Command, Stdio};
use std::time::Duration;

/// Ticks of `/proc` in a second, which Linux fixed for everything outside the kernel.
const TICK: Duration = Duration::from_millis(10);

/// Processor time of a process so far, its threads and the kernel on its behalf included.
pub(crate) fn cpu_time(pid: u32) -> Outcome<Duration> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let ticks = cpu_ticks(&text).ok_or("/proc/PID/stat is not as expected")?;
    Ok(TICK * ticks)
}

/// User and system ticks: fields 14 and 15; the name before them may hold anything but a newline.
fn cpu_ticks(stat: &str) -> Option<u32> {
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_whitespace().skip(11);
    let (user, system) = (fields.next()?, fields.next()?);
    Some(user.parse::<u32>().ok()? + system.parse::<u32>().ok()?)
}

/// Memory of a process that is in RAM now, and the most that ever was, in bytes.
pub(crate) fn memory(pid: u32) -> Outcome<(u64, u64)> {
    let text = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let field = |name| kilobytes(&text, name).map(|kilobytes| kilobytes * 1024);
    field("VmRSS:")
        .zip(field("VmHWM:"))
        .ok_or_else(|| "/proc/PID/status is not as expected".into())
}

fn kilobytes(status: &str, name: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}

/// Whether processes can be put on a core of their own here.
pub(crate) fn can_pin() -> bool {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    cores > 1 && run_taskset(&["--version"]).is_ok()
}

/// This process, with all its threads, on one core, until this is dropped.
#[derive(Debug)]
pub(crate) struct Pin {
    /// The cores that it may use otherwise, as `taskset` takes them.
    before: String,
}

impl Pin {
    pub(crate) fn to(core: &str) -> Outcome<Self> {
        let status = fs::read_to_string("/proc/self/status")?;
        let allowed = status
            .lines()
            .find_map(|line| line.strip_prefix("Cpus_allowed_list:"));
        let before = allowed
            .ok_or("/proc/self/status is not as expected")?
            .trim()
            .to_owned();
        pin_self(core)?;
        Ok(Self { before })
    }
}

impl Drop for Pin {
    fn drop(&mut self) {
        if let Err(error) = pin_self(&self.before) {
            eprintln!("the benchmark stays on one core: {error}");
        }
    }
}

fn pin_self(cores: &str) -> Outcome {
    let pid = std::process::id().to_string();
    run_taskset(&["--all-tasks", "--cpu-list", "--pid", cores, &pid])
}

fn run_taskset(arguments: &[&str]) -> Outcome {
    let mut taskset = Command::new("taskset");
    let taskset = taskset.args(arguments).stdout(Stdio::null());
    if taskset.status()?.success() {
        Ok(())
    } else {
        Err("taskset failed".into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_stand_behind_the_name_whatever_it_holds() {
        let stat = "7 (a ) b) S 1 7 7 0 -1 4194560 1 0 0 0 150 25 0 0 20 0 5 0 1 2 3";
        assert_eq!(cpu_ticks(stat), Some(175));
        assert_eq!(cpu_ticks("7 (a) S 1"), None);
    }

    #[test]
    fn this_process_has_time_and_memory() {
        cpu_time(std::process::id()).unwrap();
        let (now, most) = memory(std::process::id()).unwrap();
        assert!(now > 0 && most >= now);
    }
}

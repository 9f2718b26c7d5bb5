//! Work in parallel, results in order, and never more than a few jobs in memory.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Mutex, mpsc};

/// Does each job on one of `threads` threads and hands the results to `sink` in the order of the jobs.
///
/// At most four jobs a thread are under way or wait for their turn, so memory stays bounded however long the list is.
/// When `sink` fails no further job is begun, and its error is given back.
pub fn in_order<J: Send, T: Send, E>(
    threads: usize,
    mut jobs: impl Iterator<Item = J>,
    work: impl Fn(J) -> T + Sync,
    mut sink: impl FnMut(T) -> Result<(), E>,
) -> Result<(), E> {
    if threads <= 1 {
        return jobs.try_for_each(|job| sink(work(job)));
    }
    let (give, take) = mpsc::channel::<(usize, J)>();
    let (done, results) = mpsc::channel::<(usize, std::thread::Result<T>)>();
    let take = Mutex::new(take);
    let (take, work) = (&take, &work);
    std::thread::scope(|scope| {
        let (give, results) = (give, results); // dropped when this ends, and that ends the workers
        for _ in 0..threads {
            let done = done.clone();
            scope.spawn(move || {
                loop {
                    // The lock is held while waiting: the others wait for the lock instead, which is the same.
                    let job = take.lock().map(|take| take.recv());
                    let Ok(Ok((number, job))) = job else { return };
                    // A panic travels as a result: left alone, everybody would wait for this job for ever.
                    let result = catch_unwind(AssertUnwindSafe(|| work(job)));
                    if done.send((number, result)).is_err() {
                        return;
                    }
                }
            });
        }
        drop(done);
        let (mut given, mut written) = (0, 0);
        let mut waiting = BTreeMap::new();
        let mut ended = false;
        loop {
            while !ended && given - written < threads * 4 {
                match jobs.next() {
                    Some(job) => {
                        // Fails only when all workers are gone, and then the receiver below says so.
                        let _ = give.send((given, job));
                        given += 1;
                    }
                    None => ended = true,
                }
            }
            if written == given {
                return Ok(());
            }
            // All workers are gone only when there is nothing left to wait for.
            let Ok((number, result)) = results.recv() else { return Ok(()) };
            let result = result.unwrap_or_else(|panic| resume_unwind(panic));
            waiting.insert(number, result);
            while let Some(result) = waiting.remove(&written) {
                sink(result)?;
                written += 1;
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_order() {
        for threads in [1, 2, 7] {
            let mut out = Vec::new();
            let work = |n: u64| {
                std::thread::sleep(std::time::Duration::from_micros(n * 37 % 11 * 50));
                n * n
            };
            let result: Result<(), ()> = in_order(threads, 0..200, work, |n| {
                out.push(n);
                Ok(())
            });
            assert_eq!(result, Ok(()));
            assert_eq!(out, (0..200).map(|n| n * n).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_failing_sink_ends_it() {
        for threads in [1, 4] {
            let sink = |n: u64| if n == 5 { Err("full") } else { Ok(()) };
            assert_eq!(in_order(threads, 0.., |n| n, sink), Err("full"));
        }
    }

    #[test]
    #[should_panic(expected = "job 3")]
    fn a_panic_is_passed_on() {
        let work = |n: u64| assert!(n != 3, "job {n}");
        let _: Result<(), ()> = in_order(2, 0..100, work, |()| Ok(()));
    }
}

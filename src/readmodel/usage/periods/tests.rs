use proptest::prelude::*;

use super::*;

fn time(text: &str) -> DateTime<Utc> {
    text.parse().expect("a time")
}

#[test]
fn without_a_span_it_is_this_month() {
    let now = time("2026-02-14T15:16:17.018Z");
    for granularity in [Granularity::Hour, Granularity::Day, Granularity::Month] {
        let span = Span::new(granularity, None, None, now).expect("a span");
        assert_eq!((span.from, span.to), (time("2026-02-01T00:00:00Z"), time("2026-03-01T00:00:00Z")));
    }
    let december = Month::of(time("2026-12-31T23:59:59.999Z"));
    assert_eq!((december.start, december.end), (time("2026-12-01T00:00:00Z"), time("2027-01-01T00:00:00Z")));
}

#[test]
fn a_span_ends_after_it_begins() {
    let now = time("2026-02-14T15:16:17Z");
    let span = |from, to| Span::new(Granularity::Day, Some(time(from)), Some(time(to)), now);
    assert_eq!(span("2026-02-02T00:00:00Z", "2026-02-02T00:00:00Z"), Err(BadSpan::Reversed));
    assert_eq!(span("2026-02-02T00:00:00Z", "2026-02-01T00:00:00Z"), Err(BadSpan::Reversed));
    assert_eq!(Span::new(Granularity::Day, Some(time("2026-03-01T00:00:00Z")), None, now), Err(BadSpan::Reversed));
    assert!(span("2026-02-02T00:00:00Z", "2026-02-02T00:00:00.001Z").is_ok());
}

#[test]
fn each_granularity_has_its_limit() {
    let now = time("2026-02-14T15:16:17Z");
    let from = time("2023-03-01T12:30:00Z");
    for (granularity, last) in [
        (Granularity::Hour, "2023-04-01T12:30:00Z"),
        (Granularity::Day, "2024-03-01T12:30:00Z"),
        (Granularity::Month, "2033-03-01T12:30:00Z"),
    ] {
        let span = |to| Span::new(granularity, Some(from), Some(to), now);
        assert!(span(time(last)).is_ok(), "{granularity:?}");
        assert_eq!(span(time(last) + TimeDelta::milliseconds(1)), Err(BadSpan::TooLong(granularity)));
    }
    let beyond = Span::new(
        Granularity::Month,
        Some(DateTime::<Utc>::MAX_UTC - TimeDelta::days(1)),
        Some(DateTime::<Utc>::MAX_UTC),
        now,
    );
    assert_eq!(beyond, Err(BadSpan::BeyondCalendar));
}

#[test]
fn a_span_knows_how_many_periods_it_has() {
    let now = time("2024-02-14T15:16:17Z");
    let count =
        |granularity, from, to| Span::new(granularity, Some(time(from)), Some(time(to)), now).expect("a span").count();
    assert_eq!(count(Granularity::Hour, "2024-02-01T00:30:00Z", "2024-02-01T00:31:00Z"), 1);
    assert_eq!(count(Granularity::Hour, "2024-02-01T00:30:00Z", "2024-02-02T00:30:00Z"), 25);
    assert_eq!(count(Granularity::Day, "2024-02-01T00:00:00Z", "2024-03-01T00:00:00Z"), 29);
    assert_eq!(count(Granularity::Month, "2024-01-31T00:00:00Z", "2024-02-01T00:00:00Z"), 1);
    assert_eq!(count(Granularity::Month, "2023-01-31T00:00:00Z", "2024-02-01T00:00:01Z"), 14);
}

#[test]
fn a_month_is_written_in_one_way() {
    let month: Month = "2024-02".parse().expect("a month");
    assert_eq!((month.start, month.end), (time("2024-02-01T00:00:00Z"), time("2024-03-01T00:00:00Z")));
    let bad = [
        "",
        "2024",
        "2024-2",
        "2024-13",
        "2024-00",
        "24-02",
        "2024-02-01",
        "+024-02",
        "2024-+2",
        "0000-01",
        "２０２４-02",
    ];
    for text in bad {
        assert_eq!(text.parse::<Month>(), Err(BadMonth), "{text}");
    }
}

proptest! {
    /// Periods tile the calendar: a moment lies in exactly the one that starts and ends around it.
    #[test]
    fn a_moment_lies_in_its_period(seconds in -2_000_000_000_i64..20_000_000_000, millis in 0_u32..1000) {
        let at = DateTime::from_timestamp(seconds, millis * 1_000_000).expect("a time");
        for granularity in [Granularity::Hour, Granularity::Day, Granularity::Month] {
            let start = granularity.start(at);
            let end = granularity.end(start).expect("an end");
            prop_assert!(start <= at && at < end);
            prop_assert_eq!(granularity.start(start), start);
            prop_assert_eq!(granularity.start(end), end);
            prop_assert_eq!(granularity.start(end - TimeDelta::milliseconds(1)), start);
        }
    }

    /// A span has the whole of its first and last periods, and not one more.
    #[test]
    fn a_span_is_moved_outwards_by_less_than_a_period(
        from in 0_i64..4_000_000_000, length in 1_i64..31 * 24 * 3600,
    ) {
        let (from, to) = (from, from + length);
        let [from, to] = [from, to].map(|seconds| DateTime::from_timestamp(seconds, 0).expect("a time"));
        for granularity in [Granularity::Hour, Granularity::Day, Granularity::Month] {
            let span = Span::new(granularity, Some(from), Some(to), from).expect("a span");
            prop_assert!(span.from <= from && to <= span.to);
            prop_assert_eq!(granularity.start(span.from), span.from);
            prop_assert_eq!(granularity.start(span.to), span.to);
            prop_assert!(granularity.end(span.from).expect("an end") > from);
            prop_assert!(granularity.start(span.to - TimeDelta::milliseconds(1)) < to);
        }
    }
}

#[test]
fn parts_of_a_span_are_the_whole_of_it() {
    let now = time("2024-02-14T15:16:17Z");
    for (granularity, to, parts) in [
        (Granularity::Hour, "2024-02-01T00:00:00Z", 24),
        (Granularity::Day, "2025-01-01T00:00:00Z", 12),
        (Granularity::Day, "2024-01-20T00:00:00Z", 1),
        (Granularity::Month, "2026-01-01T00:00:00Z", 24),
    ] {
        let span = Span::new(granularity, Some(time("2024-01-01T00:00:00Z")), Some(time(to)), now).expect("a span");
        let found: Vec<_> = span.parts().collect();
        assert_eq!(found.len(), parts, "{granularity:?}");
        assert_eq!((found[0].from, found[parts - 1].to), (span.from, span.to));
        assert!(found.windows(2).all(|pair| pair[0].to == pair[1].from));
        assert_eq!(found.iter().map(|part| part.count()).sum::<usize>(), span.count());
    }
}

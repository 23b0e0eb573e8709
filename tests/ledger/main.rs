//! The conformance suite of the ledger: written once, run on each database.
//!
//! Every case gets a database of its own. PostgreSQL is a private cluster that this process starts for itself.

#[cfg(test)]
mod cases;
#[cfg(test)]
mod database;
#[cfg(test)]
mod golden;
#[cfg(test)]
mod support;

/// Runs each case on each database, and those of the second part where nodes share one.
macro_rules! conformance {
    (
        everywhere { $($module:ident { $($case:ident,)+ })+ }
        shared { $($shared:ident { $($node_case:ident,)+ })+ }
    ) => {
        mod sqlite {
            $(mod $module {$(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $case() {
                    crate::cases::$module::$case(crate::database::Store::sqlite()).await;
                }
            )+})+
        }

        mod postgres {
            $(mod $module {$(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $case() {
                    crate::cases::$module::$case(crate::database::Store::postgres().await).await;
                }
            )+})+
            $(mod $shared {$(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $node_case() {
                    crate::cases::$shared::$node_case(crate::database::Store::postgres().await).await;
                }
            )+})+
        }
    };
}

conformance! {
    everywhere {
        order {
            overlapping_appends_are_never_skipped,
            time_never_goes_back,
            versions_go_beyond_32_bits,
            a_hole_in_the_positions_is_found,
            a_hole_as_wide_as_the_page_is_found,
        }
        contest {
            one_of_many_appends_at_one_version_succeeds,
            one_of_many_claims_of_a_slug_succeeds,
            one_key_has_one_effect,
            a_key_is_good_for_one_request,
            a_refused_request_leaves_its_key_free,
        }
        batch {
            an_unprojectable_append_harms_nobody_else,
            a_conflicting_append_harms_nobody_else,
            an_append_that_the_database_refuses_harms_nobody_else,
            a_stream_wrongly_taken_for_new_stays_usable,
            a_full_queue_says_so_and_writes_nothing,
        }
        claims {
            organizations_swap_their_slugs_in_one_append,
            a_released_slug_is_reused_in_the_same_append,
            an_old_slug_stays_claimed_until_released,
        }
        checks {
            a_condition_refuses_listed_types_only,
            a_condition_sees_its_own_batch,
            a_condition_holds_for_a_stream_that_is_written_too,
            a_limit_is_guarded,
            a_row_version_is_guarded,
            a_dry_run_writes_nothing,
        }
        replay {
            a_ledger_larger_than_memory_is_rebuilt,
        }
        revocations {
            nobody_grants_back_what_was_just_taken_from_them,
            a_key_does_not_undo_that_it_was_disabled,
            a_secret_that_was_replaced_rotates_nothing,
            a_secret_in_its_grace_still_writes,
        }
        storage {
            events_cannot_be_changed,
            a_poisoned_row_is_an_error,
            an_unknown_aggregate_type_is_an_error,
            durability_is_read_back,
            stock_repositories_read_the_ledger,
        }
        sealing {
            personal_data_is_not_readable,
            without_its_key_personal_data_is_erased,
            one_subject_in_parallel_appends_has_one_key,
        }
        secret {
            another_secret_is_refused,
            a_missing_secret_is_asked_for_by_name,
        }
        nodes {
            an_older_node_stops_writing,
            an_older_node_does_not_open,
            a_failed_statement_is_not_the_end,
            the_follower_keeps_the_cache_true,
        }
        usage {
            a_chunk_that_is_sent_again_is_counted_once,
            chunks_of_many_nodes_add_up,
            nodes_are_forgotten_after_a_week,
            the_latest_use_of_a_key_is_remembered,
            what_a_batch_adds_is_not_cleared_by_it,
            a_record_of_what_is_not_in_the_buffer_is_refused,
            an_hour_is_recorded_by_one_of_many,
            counting_and_recording_at_once_loses_nothing,
            use_of_a_purged_organization_is_forgotten,
            uses_of_a_purged_organization_are_forgotten,
            the_first_record_of_an_organization_finds_its_rows,
            what_is_counted_arrives_by_itself,
        }
        heartbeats {
            a_minute_is_kept_once,
            heartbeats_of_one_batch_are_kept_each_once,
            nodes_share_their_minutes,
            minutes_are_forgotten_after_31_days,
        }
    }
    shared {
        shared {
            nodes_share_one_order,
            caches_of_other_nodes_are_evicted,
            a_stale_cache_meets_a_conflict,
            the_writer_survives_the_end_of_its_session,
            a_session_that_ends_while_it_reads_is_no_broken_ledger,
            a_commit_that_failed_is_tried_again,
            a_commit_that_was_not_answered_is_not_repeated,
            use_in_a_commit_that_was_not_answered_is_counted_once,
        }
    }
}

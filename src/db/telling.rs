//! Why people are told of ads: finds of their searches, prices that fell, ads that went. Each reason is one statement
//! over the ads at hand, run in the transaction that found it, so that nothing is told that is not stored, and nothing
//! that is stored goes untold. What a row says is written down with it and outlives the ad.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, BigInt, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::model::id::{ListingId, UserId};

/// Writes what has to be told of these ads of `user` as they are stored at this moment, with their scores. An ad that
/// was told before is told again only when it is cheaper: asking again about the same ads adds nothing. Returns how
/// many notifications were added. Ids that are not the user's are left out.
pub async fn enqueue(
    conn: &mut AsyncPgConnection,
    user: UserId,
    listings: &[ListingId],
    now: DateTime<Utc>,
) -> diesel::QueryResult<usize> {
    if listings.is_empty() {
        return Ok(0);
    }
    let mut added = 0;
    // In this order: what the person watches is told as that, and not as a find once more.
    for reason in [WATCHED, GONE, FINDS] {
        added += diesel::sql_query(format!("WITH {ADS}, {reason}"))
            .bind::<BigInt, _>(user)
            .bind::<Array<BigInt>, _>(listings)
            .bind::<Timestamptz, _>(now)
            .execute(conn)
            .await?;
    }
    Ok(added)
}

/// The ads, what is said of them, and how their owner is told.
const ADS: &str = "ads AS (
    SELECT l.id, l.available, l.kind, l.price_amount, l.currency, l.created_at, l.gone_at,
           coalesce(l.photo_due_at > $3 - INTERVAL '10 minutes', FALSE) AS is_compared,
           coalesce(l.same_as, l.id) AS thing, s.value, w.status,
           coalesce(w.status IN ('ignored', 'bought')
                    OR w.status = 'snoozed' AND coalesce(w.snoozed_until > $3, TRUE), FALSE) AS is_hushed,
           jsonb_strip_nulls(jsonb_build_object(
               'title', l.title, 'url', l.url, 'image_url', l.image_url, 'source', l.source,
               'condition', l.condition, 'posted_at', l.posted_at,
               'price', CASE WHEN l.price_amount IS NOT NULL
                             THEN jsonb_build_object('amount', l.price_amount, 'currency', l.currency) END,
               'shipping', CASE WHEN l.shipping_amount IS NOT NULL
                                THEN jsonb_build_object('amount', l.shipping_amount, 'currency', l.currency) END,
               'place', l.location ->> 'text', 'distance_km', l.location -> 'distance_km',
               'score', s.value, 'summary', s.parts ->> 'summary',
               'fair_value', s.parts -> 'estimate' -> 'fair_value', 'gone_reason', l.gone_reason)) AS said
    FROM listings l
    LEFT JOIN listing_scores s
           ON s.user_id = l.user_id AND s.listing_id = l.id AND s.metric = 'deal_score'
    LEFT JOIN watchlist_items w ON w.user_id = l.user_id AND w.listing_id = l.id
    WHERE l.user_id = $1 AND l.id = ANY($2)
), wish AS (
    SELECT coalesce((SELECT notify FROM user_prefs WHERE user_id = $1), 'instantly') <> 'never' AS is_told
), ways AS (
    SELECT c.id, c.kind FROM channels c, wish WHERE c.user_id = $1 AND c.enabled AND wish.is_told
), everywhere AS (
    SELECT id, kind FROM ways
    UNION ALL SELECT NULL, 'app' WHERE NOT EXISTS (SELECT FROM ways)
)";

/// Prices of watched ads that are worth telling, by the rule of `scout::watching`: at the target, or lower by as much as
/// was asked for than the price that was told last, or that the ad had when it was saved. Goes through every channel;
/// without one, to the person's own list.
const WATCHED: &str = "priced AS (
    SELECT a.*, w.id AS item, w.target_amount, w.drop_percent, coalesce(w.drop_percent, 5) AS again_percent,
           w.told_amount AS told, CASE WHEN w.saved_currency = a.currency THEN w.saved_amount END AS saved
    FROM ads a
    JOIN watchlist_items w ON w.user_id = $1 AND w.listing_id = a.id AND w.currency = a.currency
    WHERE a.available AND NOT a.is_hushed AND a.price_amount IS NOT NULL
), fallen AS (
    SELECT p.*, coalesce(told, saved) AS since,
           CASE WHEN price_amount <= target_amount THEN 'target' ELSE 'price_drop' END AS reason
    FROM priced p
    WHERE price_amount <= target_amount
      AND CASE WHEN told IS NOT NULL
               THEN price_amount < told AND (told - price_amount)::numeric * 100 >= told::numeric * again_percent
               ELSE price_amount < coalesce(saved, price_amount + 1) END
       OR price_amount < coalesce(told, saved)
      AND (coalesce(told, saved) - price_amount)::numeric * 100 >= coalesce(told, saved)::numeric * drop_percent
), told AS (
    UPDATE watchlist_items w SET told_amount = f.price_amount, updated_at = $3 FROM fallen f
    WHERE w.user_id = $1 AND w.id = f.item
)
INSERT INTO notifications (user_id, listing_id, channel_id, channel, reason, price_amount, payload, status, next_try_at,
                           sent_at, created_at, updated_at)
SELECT $1, f.id, c.id, c.kind, f.reason, f.price_amount,
       f.said || jsonb_strip_nulls(jsonb_build_object('was', CASE WHEN f.since IS NOT NULL THEN
           jsonb_build_object('amount', f.since, 'currency', f.currency) END)),
       CASE WHEN c.id IS NULL THEN 'sent' ELSE 'pending' END, CASE WHEN c.id IS NOT NULL THEN $3 END,
       CASE WHEN c.id IS NULL THEN $3 END, $3, $3
FROM fallen f CROSS JOIN everywhere c ORDER BY f.id, c.id
ON CONFLICT DO NOTHING";

/// Watched ads that can be bought no more. Told once.
const GONE: &str = "lost AS (
    SELECT a.* FROM ads a JOIN watchlist_items w ON w.user_id = $1 AND w.listing_id = a.id
    WHERE NOT a.available AND w.status = 'saved' AND w.created_at <= coalesce(a.gone_at, $3)
)
INSERT INTO notifications (user_id, listing_id, channel_id, channel, reason, payload, status, next_try_at, sent_at,
                           created_at, updated_at)
SELECT $1, l.id, c.id, c.kind, 'gone', l.said,
       CASE WHEN c.id IS NULL THEN 'sent' ELSE 'pending' END, CASE WHEN c.id IS NOT NULL THEN $3 END,
       CASE WHEN c.id IS NULL THEN $3 END, $3, $3
FROM lost l CROSS JOIN everywhere c ORDER BY l.id, c.id
ON CONFLICT DO NOTHING";

/// Finds of searches, through the channels of each search; without one, to the person's own list. One ad of a thing is
/// told, the cheapest, whichever site it is on. What has not been told yet is brought up to the lower price instead.
const FINDS: &str = "matched AS (
    SELECT a.*, q.id AS search_id, q.name, q.rearm_minutes, c.id AS channel_id, coalesce(c.kind, 'app') AS channel,
           bool_or(c.id IS NOT NULL) OVER (PARTITION BY a.thing) AS has_channel
    FROM ads a
    JOIN finds f ON f.user_id = $1 AND f.listing_id = a.id AND f.matched
    JOIN searches q ON q.user_id = $1 AND q.id = f.search_id AND q.enabled
                   AND (q.min_score IS NULL OR a.value >= q.min_score)
    LEFT JOIN (search_channels t JOIN ways c ON c.id = t.channel_id) ON t.user_id = $1 AND t.search_id = q.id
    -- While it is being compared with ads on other sites, it waits.
    WHERE a.available AND NOT a.is_hushed AND NOT a.is_compared
      -- A box or a broken one is told only to who asks for it by that word.
      AND (a.kind = 'item' OR q.words ILIKE '%' || replace(a.kind, '_', ' ') || '%')
), cheapest AS (
    SELECT DISTINCT ON (thing, channel_id) * FROM matched WHERE channel_id IS NOT NULL OR NOT has_channel
    ORDER BY thing, channel_id, price_amount NULLS LAST, id, rearm_minutes, search_id
), wanted AS (
    SELECT m.*, told.least, told.pending_id,
           greatest($3, told.last_at + m.rearm_minutes * INTERVAL '1 minute') AS due_at
    FROM cheapest m
    CROSS JOIN LATERAL (
        SELECT min(n.price_amount) FILTER (
                   WHERE coalesce(n.payload -> 'price' ->> 'currency', m.currency) = m.currency) AS least,
               max(n.created_at) AS last_at,
               max(n.id) FILTER (WHERE n.status = 'pending' AND n.reason = 'find'
                                 AND coalesce(n.leased_until <= $3, TRUE)) AS pending_id
        FROM listings g JOIN notifications n ON n.user_id = $1 AND n.listing_id = g.id
        WHERE g.user_id = $1 AND (g.id = m.thing OR g.same_as = m.thing)
          AND n.channel = m.channel AND n.channel_id IS NOT DISTINCT FROM m.channel_id
          AND n.reason IN ('find', 'price_drop', 'target')
    ) told
    WHERE told.last_at IS NULL OR m.price_amount < told.least
), lowered AS (
    UPDATE notifications n SET listing_id = w.id, price_amount = w.price_amount, updated_at = $3,
           payload = w.said || jsonb_strip_nulls(jsonb_build_object('search', w.name, 'was', n.payload -> 'was'))
    FROM wanted w WHERE n.user_id = $1 AND n.id = w.pending_id
)
INSERT INTO notifications (user_id, listing_id, search_id, channel_id, channel, reason, price_amount, payload, status,
                           next_try_at, sent_at, created_at, updated_at)
SELECT $1, w.id, w.search_id, w.channel_id, w.channel, 'find', w.price_amount,
       w.said || jsonb_strip_nulls(jsonb_build_object('search', w.name, 'was', CASE WHEN w.least IS NOT NULL THEN
           jsonb_build_object('amount', w.least, 'currency', w.currency) END)),
       CASE WHEN w.channel_id IS NULL THEN 'sent' ELSE 'pending' END,
       CASE WHEN w.channel_id IS NOT NULL THEN w.due_at END,
       CASE WHEN w.channel_id IS NULL THEN $3 END, $3, $3
FROM wanted w WHERE w.pending_id IS NULL ORDER BY w.id, w.channel_id
ON CONFLICT DO NOTHING";

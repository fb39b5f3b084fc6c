using System.Globalization;

namespace Granary.Notifications;

/// <summary>Decides which notifications of a channel are sent alone, which together, and which wait. It has no state of its own.</summary>
internal static class Digests
{
    /// <summary>The number of notifications that a digest quotes; it counts the others.</summary>
    public const int MostLines = 20;

    /// <summary>Returns the messages that may be sent now, oldest first; a message of several notifications is a digest.</summary>
    /// <param name="all">All deliveries of the channel.</param>
    /// <remarks>
    /// Notifications with <c>every</c> wait until the oldest of them is that old. If there are more messages than <c>atMost</c> has left,
    /// the last one that it has left is a digest of all others. What came due in quiet hours is one message after them.
    /// </remarks>
    public static IReadOnlyList<IReadOnlyList<Delivery>> Due(IReadOnlyList<Delivery> all, SendLimit limit, DateTimeOffset now)
    {
        var isQuiet = limit.Quiet?.Contains(now) == true;
        var after = limit.Quiet is { } quiet && !isQuiet ? quiet.LastEnd(now) : DateTimeOffset.MinValue;
        List<IReadOnlyList<Delivery>> ready = [];
        List<Delivery> held = [];
        foreach (var group in InOrder(all.Where(d => IsWaiting(d, limit) && !(isQuiet && limit.Quiet!.Holds(d.Notification.Event))))
            .GroupBy(d => EveryOf(d, limit)))
        {
            if (group.Key.Every is { } every)
            {
                var due = group.First().Notification.At + every;
                if (due < after) held.AddRange(group);
                else if (due <= now) ready.Add([.. group]);
            }
            else
            {
                held.AddRange(group.Where(d => d.NextAt < after));
                ready.AddRange(group.Where(d => d.NextAt >= after).Select(d => (IReadOnlyList<Delivery>)[d]));
            }
        }
        if (held.Count > 0) ready.Add([.. InOrder(held)]);
        ready = [.. ready.OrderBy(m => m[0].Notification.At).ThenBy(m => m[0].Order).ThenBy(m => m[0].Id, StringComparer.Ordinal)];
        if (limit.Most is not { } most) return ready;
        var left = Math.Max(0, most - all.Count(d => Counts(d, now - limit.Period)));
        if (ready.Count <= left) return ready;
        return left == 0 ? [] : [.. ready.Take(left - 1), [.. ready.Skip(left - 1).SelectMany(m => m)]];
    }

    // Notifications with the same key are one message; those without a time are each a message of their own.
    private static (TimeSpan? Every, NotificationEvent? Event) EveryOf(Delivery delivery, SendLimit limit) => delivery.Every is { } own
        ? (own, delivery.Notification.Event) : (NotificationRule.IsUrgent(delivery.Notification.Event) ? null : limit.Every, null);

    /// <summary>Whether the delivery is subject to limits, and none of its attempts was made.</summary>
    public static bool IsWaiting(Delivery delivery, SendLimit limit) =>
        delivery is { State: DeliveryState.Pending, Attempts: 0, Items.Count: 0, Notification.Event: var kind }
        && (!NotificationRule.IsUrgent(kind) || limit.Quiet is { } quiet && quiet.Holds(kind) && quiet.Contains(delivery.NextAt));

    /// <summary>Whether quiet hours hold back a further attempt, an urgent event or a digest.</summary>
    /// <param name="all">All deliveries of the channel.</param>
    public static bool IsHeld(Delivery delivery, IReadOnlyList<Delivery> all, SendLimit limit, DateTimeOffset now) =>
        limit.Quiet is { } quiet && quiet.Contains(now) && (delivery.Items.Count == 0 ? quiet.Holds(delivery.Notification.Event)
            : all.Where(d => delivery.Items.Contains(d.Id, StringComparer.Ordinal)).All(d => quiet.Holds(d.Notification.Event)));

    // Sent within the period, or about to be sent.
    private static bool Counts(Delivery delivery, DateTimeOffset after) => delivery.State == DeliveryState.Delivered
        ? delivery.SentAt > after : delivery.State == DeliveryState.Pending && (delivery.Attempts > 0 || delivery.Items.Count > 0);

    private static IEnumerable<Delivery> InOrder(IEnumerable<Delivery> deliveries) =>
        deliveries.OrderBy(d => d.Notification.At).ThenBy(d => d.Order).ThenBy(d => d.Id, StringComparer.Ordinal);

    /// <summary>Makes one notification of several.</summary>
    public static Notification Of(string channel, IReadOnlyList<Delivery> items, DateTimeOffset now)
    {
        var counts = items.GroupBy(d => NotificationSettings.WordOf(d.Notification.Event)).OrderByDescending(g => g.Count())
            .ThenBy(g => g.Key, StringComparer.Ordinal).Select(g => string.Create(CultureInfo.InvariantCulture, $"{g.Count()} {g.Key}"));
        var ordered = InOrder(items).ToList();
        List<string> lines = [string.Create(CultureInfo.InvariantCulture, $"{items.Count} notifications: {string.Join(", ", counts)}")];
        lines.AddRange(ordered.Take(MostLines).Select(d => $"{MessageText.Time(d.Notification.At)} {d.Notification.Text}"));
        if (items.Count > MostLines) lines.Add(string.Create(CultureInfo.InvariantCulture, $"and {items.Count - MostLines} more"));
        var subjects = items.Select(d => d.Notification.Subject).Distinct(StringComparer.Ordinal).ToList();
        return Notification.Of(NotificationEvent.Digest, subjects is [var one] ? one : "",
            $"{channel}\0{string.Join('\0', ordered.Select(d => d.Id))}", string.Join('\n', lines), now);
    }
}

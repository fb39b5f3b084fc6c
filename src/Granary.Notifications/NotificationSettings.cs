using Granary.Engine;
using Granary.Simulation.Json;
using Granary.Simulation.Keys;

namespace Granary.Notifications;

/// <summary>The content of the file in --notifications: channels, and the rules that use them.</summary>
internal sealed record NotificationSettings(IReadOnlyList<IChannel> Channels, IReadOnlyList<NotificationRule> Rules)
{
    /// <summary>The name of each event in the file, and the key of its threshold with the default.</summary>
    public static IReadOnlyList<(string Word, NotificationEvent Event, string? Key, double Default)> Events { get; } =
    [
        ("drawdown", NotificationEvent.Drawdown, "percent", 10), ("rejected-orders", NotificationEvent.RejectedOrders, "count", 1),
        ("feed-lag", NotificationEvent.FeedLag, "seconds", 300), ("session-lost", NotificationEvent.SessionLost, null, 0),
        ("drift", NotificationEvent.Drift, "percent", 2), ("job-done", NotificationEvent.JobDone, null, 0),
        ("job-failed", NotificationEvent.JobFailed, null, 0), ("parity", NotificationEvent.Parity, null, 0),
        ("fill", NotificationEvent.Fill, null, 0), ("signal-refused", NotificationEvent.SignalRefused, null, 0),
        ("order-rejected", NotificationEvent.OrderRejected, null, 0), ("stop", NotificationEvent.Stop, null, 0),
        ("model-drift", NotificationEvent.ModelDrift, null, 0),
        ("session-started", NotificationEvent.SessionStarted, null, 0), ("session-ended", NotificationEvent.SessionEnded, null, 0),
        ("price-above", NotificationEvent.PriceAbove, "price", 0), ("price-below", NotificationEvent.PriceBelow, "price", 0),
    ];

    /// <summary>Returns the name of an event in the file and in messages.</summary>
    public static string WordOf(NotificationEvent kind) => Events.FirstOrDefault(e => e.Event == kind).Word
        ?? (kind == NotificationEvent.Digest ? "digest" : "test");

    /// <summary>Returns a channel; null if none has the name.</summary>
    public IChannel? Find(string name) => Channels.FirstOrDefault(c => c.Name == name);

    /// <exception cref="InputException">The file is invalid, or a secret is missing.</exception>
    public static NotificationSettings Read(string file)
    {
        if (!File.Exists(file)) throw new InputException($"--notifications {file}: there is no such file");
        var root = JsonPart.Parse(file, File.ReadAllBytes(file)).Only(["$schema", .. ChannelReader.Kinds.Select(k => k.Key), "rules"]);
        var reader = new ChannelReader(Path.GetDirectoryName(Path.GetFullPath(file))!);
        List<IChannel> channels = [];
        foreach (var (key, read) in ChannelReader.Kinds)
            foreach (var part in root.Find(key)?.List() ?? [])
            {
                var channel = read(reader, part);
                if (channels.Any(c => c.Name == channel.Name))
                    throw part.Need("name").Fault($"two channels have the name '{channel.Name}'; give each its own");
                channels.Add(channel);
            }
        return new NotificationSettings(channels, [.. root.Need("rules").List().Select(r => ReadRule(r, channels))]);
    }

    private static NotificationRule ReadRule(JsonPart part, List<IChannel> channels)
    {
        var keys = RecordKeys<NotificationRuleKeys>.Read(part);
        var kind = part.Need("on").Choice([.. Events.Select(e => (e.Word, e.Event))]);
        var (word, _, key, threshold) = Events.First(e => e.Event == kind);
        foreach (var other in (string[])["percent", "count", "seconds", "price"])
            if (other != key && part.Find(other) is { } extra)
                throw extra.Fault($"a rule on '{word}' has {(key is null ? "no threshold" : $"the threshold '{key}'")}; remove '{other}'");
        threshold = keys.Percent ?? keys.Count ?? keys.Seconds ?? keys.Price ?? threshold;
        var to = part.Need("to");
        var rule = new NotificationRule(kind, threshold, keys.Account, keys.To)
        {
            Symbol = keys.Symbol,
            Every = keys.Every is null ? null : SendLimit.ReadEvery(keys.Every)
                ?? throw part.Need("every").Fault(NotificationRule.EveryFault),
        };
        return rule.FaultOf([.. channels.Select(c => c.Name)]) is not var (wrong, sentence) ? rule : throw (wrong switch
        {
            RulePart.Threshold => part.Need(key!),
            RulePart.Symbol => part.Find("symbol") ?? part,
            RulePart.Account => part.Need("account"),
            RulePart.Every => part.Need("every"),
            RulePart.To => to.OneOrMany().FirstOrDefault(t => channels.All(c => c.Name != t.String())) ?? to,
        }).Fault(sentence);
    }
}

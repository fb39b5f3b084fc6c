using System.Text;
using Granary.Engine;
using Granary.Simulation.Json;
using Granary.Simulation.Keys;

namespace Granary.Server.Notifications;

/// <summary>The content of the file in --notifications: webhooks, and the rules that use them.</summary>
public sealed record NotificationSettings(IReadOnlyList<Webhook> Webhooks, IReadOnlyList<NotificationRule> Rules)
{
    private const int ShortestSecret = 16;

    /// <summary>The name of each event in the file, and the key of its threshold with the default.</summary>
    public static IReadOnlyList<(string Word, NotificationEvent Event, string? Key, double Default)> Events { get; } =
    [
        ("drawdown", NotificationEvent.Drawdown, "percent", 10), ("rejected-orders", NotificationEvent.RejectedOrders, "count", 1),
        ("feed-lag", NotificationEvent.FeedLag, "seconds", 300), ("session-lost", NotificationEvent.SessionLost, null, 0),
        ("drift", NotificationEvent.Drift, "percent", 2), ("job-done", NotificationEvent.JobDone, null, 0),
        ("job-failed", NotificationEvent.JobFailed, null, 0), ("parity", NotificationEvent.Parity, null, 0),
    ];

    /// <summary>Returns the name of an event in the file and in messages.</summary>
    public static string WordOf(NotificationEvent kind) => Events.FirstOrDefault(e => e.Event == kind).Word ?? "test";

    /// <exception cref="InputException">The file is invalid, or a secret is missing.</exception>
    public static NotificationSettings Read(string file)
    {
        if (!File.Exists(file)) throw new InputException($"--notifications {file}: there is no such file");
        var root = JsonPart.Parse(file, File.ReadAllBytes(file)).Only("$schema", "webhooks", "rules");
        var folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        List<Webhook> webhooks = [.. root.Need("webhooks").List().Select(w => ReadWebhook(w, folder))];
        if (webhooks.GroupBy(w => w.Name).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw root.Need("webhooks").Fault($"two webhooks have the name '{twice.Key}'; give each its own");
        return new NotificationSettings(webhooks, [.. root.Need("rules").List().Select(r => ReadRule(r, webhooks))]);
    }

    private static Webhook ReadWebhook(JsonPart part, string folder)
    {
        var keys = RecordKeys<WebhookKeys>.Read(part);
        if (keys.Name.Length is 0 or > 40 || !keys.Name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
            throw part.Need("name").Fault("a name of at most 40 letters, digits, '-' and '_' is needed");
        var url = part.Need("url");
        if (!Uri.TryCreate(keys.Url, UriKind.Absolute, out var address) || address.Scheme is not ("https" or "http"))
            throw url.Fault("an address is needed, as https://hooks.example.com/granary");
        if (address.Scheme == "http" && !address.IsLoopback)
            throw url.Fault("what is sent would be readable on its way; use https, or http on this machine");
        var secret = (keys.SecretFile, keys.SecretVariable) switch
        {
            ({ } file, null) => OfFile(part.Need("secretFile"), Path.Combine(folder, file)),
            (null, { } variable) => Environment.GetEnvironmentVariable(variable)
                ?? throw part.Need("secretVariable").Fault($"the environment has no variable {variable}; set it to the secret"),
            _ => throw part.Fault("one of secretFile and secretVariable is needed: the key of the signature"),
        };
        if (secret.Length < ShortestSecret)
            throw part.Fault($"the secret has fewer than {ShortestSecret} characters; make one with 'openssl rand -hex 32'");
        return new Webhook(keys.Name, address, Encoding.UTF8.GetBytes(secret));
    }

    private static string OfFile(JsonPart key, string path) => File.Exists(path) ? File.ReadAllText(path).Trim()
        : throw key.Fault($"there is no file {path}; write the secret into it");

    private static NotificationRule ReadRule(JsonPart part, List<Webhook> webhooks)
    {
        var keys = RecordKeys<NotificationRuleKeys>.Read(part);
        var kind = part.Need("on").Choice([.. Events.Select(e => (e.Word, e.Event))]);
        var (word, _, key, threshold) = Events.First(e => e.Event == kind);
        foreach (var other in (string[])["percent", "count", "seconds"])
            if (other != key && part.Find(other) is { } extra)
                throw extra.Fault($"a rule on '{word}' has {(key is null ? "no threshold" : $"the threshold '{key}'")}; remove '{other}'");
        threshold = keys.Percent ?? keys.Count ?? keys.Seconds ?? threshold;
        var to = part.Need("to");
        var rule = new NotificationRule(kind, threshold, keys.Account, keys.To);
        return rule.FaultOf([.. webhooks.Select(w => w.Name)]) is not var (wrong, sentence) ? rule : throw (wrong switch
        {
            RulePart.Threshold => part.Need(key!),
            RulePart.Account => part.Need("account"),
            RulePart.To => to.OneOrMany().FirstOrDefault(t => webhooks.All(w => w.Name != t.String())) ?? to,
        }).Fault(sentence);
    }
}

using Granary.Contracts.Notifications;
using Granary.Engine;

namespace Granary.Notifications;

/// <summary>The rules in force: the file's, until a caller changes them. Channels and secrets come from the file only.</summary>
internal sealed class RuleBook(NotificationSettings settings, IRuleStore store, TimeProvider clock)
{
    /// <summary>The settings of the file.</summary>
    public NotificationSettings Settings => settings;

    /// <summary>The maximum number of rules.</summary>
    public const int MostRules = 100;

    /// <summary>Returns the rules in force with their version.</summary>
    /// <exception cref="InputException">The stored rules are damaged.</exception>
    public (NotificationRules Stored, IReadOnlyList<NotificationRule> Rules) Read()
    {
        var stored = store.Find() ?? new NotificationRules(0, null, null);
        return (stored, stored.Rules ?? settings.Rules);
    }

    /// <summary>Replaces the rules; durable when it returns.</summary>
    /// <param name="expected">The version that the caller has seen.</param>
    /// <param name="rules">Null = the file's again.</param>
    /// <returns>False if another caller has changed the rules meanwhile.</returns>
    /// <exception cref="InputException">A rule is wrong.</exception>
    public bool TryReplace(long expected, IReadOnlyList<RuleEntry?>? rules, string who, string why) =>
        store.TryReplace(expected, new NotificationRules(expected + 1, rules is null ? null : Checked(rules),
            new RuleChange(who, why, clock.GetUtcNow())));

    private List<NotificationRule> Checked(IReadOnlyList<RuleEntry?> entries)
    {
        if (entries.Count > MostRules) throw new InputException($"rules: there are {entries.Count} rules; write at most {MostRules}");
        List<NotificationRule> rules = [];
        foreach (var entry in entries)
        {
            var rule = RuleOf(entry, $"rules[{rules.Count}]");
            if (rules.FindIndex(r => r.Equals(rule)) is >= 0 and var same)
                throw new InputException($"rules[{rules.Count}]: it repeats rules[{same}]; remove one of them");
            rules.Add(rule);
        }
        return rules;
    }

    private NotificationRule RuleOf(RuleEntry? entry, string place)
    {
        if (entry?.On is not { } word)
            throw new InputException($"{place}.on: the event is missing; use one of {string.Join(", ", Words)}");
        if (!Words.Contains(word, StringComparer.Ordinal))
            throw new InputException($"{place}.on: '{word}' is not an event; "
                + (Engine.Market.Spelling.Nearest(word, Words) is { } near ? $"did you mean '{near}'?"
                    : $"use one of {string.Join(", ", Words)}"));
        var (_, kind, key, usual) = NotificationSettings.Events.First(e => e.Word == word);
        if (key is null && entry.Threshold is not null)
            throw new InputException($"{place}.threshold: a rule on '{word}' has no threshold; remove it");
        var rule = new NotificationRule(kind, entry.Threshold ?? usual, entry.Account,
            [.. (entry.To ?? []).Select(t => t ?? "")])
        {
            Symbol = entry.Symbol,
            Every = entry.Every is null ? null
                : SendLimit.ReadEvery(entry.Every) ?? throw new InputException($"{place}.every: {NotificationRule.EveryFault}"),
        };
        return rule.FaultOf([.. settings.Channels.Select(c => c.Name)]) is not var (part, sentence) ? rule
            : throw new InputException($"{place}.{part.ToString().ToLowerInvariant()}: {sentence}");
    }

    private static IEnumerable<string> Words => NotificationSettings.Events.Select(e => e.Word);
}

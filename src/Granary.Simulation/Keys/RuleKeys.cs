using System.Text.Json;
using Granary.Engine;
using Granary.Engine.Catalogues;
using Granary.Engine.Portfolio.Rules;
using Granary.Simulation.Json;

namespace Granary.Simulation.Keys;

/// <summary>
/// The keys by which <c>portfolio.limits</c> names a rule: its own keys beside other rules' keys, or an object of its settings.
/// </summary>
internal sealed class RuleKeys
{
    private readonly PortfolioRuleDefinition _rule;
    private readonly RecordKey? _switch;

    /// <exception cref="ArgumentException">None of the rule's keys has its name; one sentence.</exception>
    public RuleKeys(PortfolioRuleDefinition rule)
    {
        _rule = rule;
        if (!rule.HasKeys) return;
        Keys = RecordKeys.Of(rule.Type);
        _switch = Keys.FirstOrDefault(key => key.Name == rule.Name)
            ?? throw new ArgumentException($"the portfolio rule '{rule.Name}' is the class {rule.Type}, none of whose keys has this name; "
                + "name the rule after the key that switches it on");
    }

    /// <summary>Its own keys; empty if its settings are in an object.</summary>
    public IReadOnlyList<RecordKey> Keys { get; } = [];

    /// <summary>The names that it takes in the limits.</summary>
    public IEnumerable<string> Names => _switch is null ? [_rule.Name] : Keys.Select(key => key.Name);

    /// <summary>Whether a name is taken in the limits, whatever its case.</summary>
    public static bool IsTaken(Catalogue<PortfolioRuleDefinition> rules, string name) => RecordKeys<PortfolioLimits>.Has(name)
        || rules.All.Any(rule => new RuleKeys(rule).Names.Contains(name, StringComparer.OrdinalIgnoreCase));

    /// <summary>The value of the key that switches the rule on; null if that is not a number.</summary>
    internal double? ValueOf(ChosenRule rule) => _switch?.Of(rule.Create()) as double?;

    /// <summary>The rule with the settings of a section; null if the section does not name it.</summary>
    internal ChosenRule? Read(JsonPart limits)
    {
        var value = limits.Find(_rule.Name);
        if (_switch is null) return value is null ? null : Bound(value);
        return value is { Kind: not JsonValueKind.Null } ? Keyed(limits, value) : Unused(limits);
    }

    // The value is an object of settings, or the rule's only setting.
    private ChosenRule? Bound(JsonPart part)
    {
        var names = _rule.Parameters.Count == 0 ? "nothing in it" : string.Join(", ", _rule.Parameters.Select(p => p.Name));
        var settings = part.Kind == JsonValueKind.Object ? part.Members
            : _rule.Parameters.Count == 1 ? [(_rule.Parameters[0].Name, part)]
            : part.Wrong($"an object with {names} is needed", part.Members);
        return part.IsFaulty ? null : part.Make<ChosenRule?>(
            () => _rule.Bind(settings.ToDictionary(s => s.Name, s => (object)s.Value.Text, StringComparer.Ordinal)), null);
    }

    private ChosenRule? Keyed(JsonPart limits, JsonPart value)
    {
        var given = Keys.ToDictionary(key => key, key => limits.Find(key.Name) is { } part ? key.Read(part) : key.Default);
        if (Keys.Any(key => limits.Find(key.Name)?.IsFaulty == true)) return null;
        var chosen = new ChosenRule(_rule, Create);
        try
        {
            var rule = chosen.Create();
            if (!_switch!.IsRequired && _switch.IsUsual(rule)) return null;
            rule.Check();
        }
        catch (Exception e) when (e is ArgumentException or InputException)
        {
            return value.Wrong<ChosenRule?>(e.Message, null, e);
        }
        return chosen;

        IPortfolioRule Create()
        {
            var rule = (IPortfolioRule)Activator.CreateInstance(_rule.Type)!;
            foreach (var (key, setting) in given) key.Set(rule, setting);
            return rule;
        }
    }

    // A key that belongs to another one would have no effect.
    private ChosenRule? Unused(JsonPart limits)
    {
        foreach (var key in Keys)
            if (key != _switch && limits.Find(key.Name) is { } part)
                part.Wrong($"it is for {_rule.Name}, which is not there; add it, or leave this out", 0);
        return null;
    }
}

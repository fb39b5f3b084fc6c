using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Engine.Catalogues;
using Granary.Simulation.Batches;
using Granary.Simulation.Json;
using Granary.Simulation.Keys;

namespace Granary.Simulation.Validation;

/// <summary>
/// Text of a batch's configuration for the identity of trials. It has every key unless the key's declaration says that it cannot change the
/// result (<see cref="KeyReach"/>); the order of keys, the spelling of numbers and keys with their default make no difference.
/// </summary>
internal static class ConfigurationText
{
    /// <summary>Returns everything that can change a result of a run: the trial that its portfolio is.</summary>
    public static string Whole(BatchSpec spec) => Of(spec, reach => reach != KeyReach.Label, null);

    /// <summary>Returns what can change the result of a strategy, beside the strategy itself, its bars and its costs.</summary>
    /// <param name="symbols">Its symbols: settings of other instruments are left out.</param>
    /// <param name="withLearning">
    /// Whether the section <c>learning</c> is part of it; an experiment has a trial for each of its models.
    /// </param>
    public static string Around(BatchSpec spec, IReadOnlyCollection<string> symbols, bool withLearning) =>
        Of(spec, reach => reach == KeyReach.Strategy, new Alone(symbols, withLearning));

    /// <summary>Returns what can change the points that a search tries, beside the search itself and its bars.</summary>
    public static string AroundSearches(BatchSpec spec) =>
        Of(spec, reach => reach is KeyReach.Strategy or KeyReach.Costs, new Alone(null, true));

    // The text around a strategy alone; of all instruments, if no symbols are given.
    private sealed record Alone(IReadOnlyCollection<string>? Symbols, bool WithLearning);

    private static string Of(BatchSpec spec, Func<KeyReach, bool> counts, Alone? alone)
    {
        var root = JsonPart.Parse(spec.Name, spec.Text);
        var text = new StringBuilder();
        foreach (var section in DeclaredSection.All)
        {
            // Strategies have nothing random but their models.
            var reach = section.Name == "seed" && root.Find(DeclaredSection.Learning) is null ? KeyReach.Portfolio : section.Reach;
            if (root.Find(section.Name) is not { } part || !counts(reach)) continue;
            if (alone is not null && (section.Name == DeclaredSection.Strategies
                || section.Name == DeclaredSection.Learning && !alone.WithLearning)) continue;
            var content = Content(part, section, counts, alone);
            if (content.Length > 0) text.Append(section.Name).Append(content).Append('\n');
        }
        return text.ToString();
    }

    private static string Content(JsonPart part, DeclaredSection section, Func<KeyReach, bool> counts, Alone? alone) => part.Kind switch
    {
        JsonValueKind.Array when section.Name is DeclaredSection.Strategies or DeclaredSection.Learning =>
            string.Concat(part.Items.Select(item => Content(item, section, counts, alone))),
        JsonValueKind.Object => Members(part, section, counts, alone),
        _ => Canonical(JsonNode.Parse(part.ToJson())),
    };

    private static string Members(JsonPart part, DeclaredSection section, Func<KeyReach, bool> counts, Alone? alone)
    {
        var text = new StringBuilder();
        foreach (var (name, value) in part.Members.OrderBy(m => m.Name, StringComparer.Ordinal))
        {
            var key = section.Keys.FirstOrDefault(k => k.Name == name);
            if (!counts(ReachOf(section, key, name))) continue;
            var content = (section.Name, name) switch
            {
                (DeclaredSection.Data, "parts") => string.Concat(value.OneOrMany().Select(p => Content(p, section, counts, alone))),
                (DeclaredSection.Data, "instruments") when alone?.Symbols is { } symbols => string.Concat(value.Members
                    .Where(m => m.Name == "*" || symbols.Contains(m.Name)).OrderBy(m => m.Name, StringComparer.Ordinal)
                    .Select(m => m.Name + Canonical(JsonNode.Parse(m.Value.ToJson())))),
                _ => Canonical(JsonNode.Parse(value.ToJson())),
            };
            if (content.Length > 0 && content != Usual(key)) text.Append(name).Append(content).Append(',');
        }
        return text.Length == 0 ? "" : $"{{{text}}}";
    }

    private static KeyReach ReachOf(DeclaredSection section, RecordKey? key, string name) => (section.Name, name) switch
    {
        // A combined batch says beside a source in which folder it was written.
        (DeclaredSection.Data, "source" or "folder") => KeyReach.Bars,
        (DeclaredSection.Strategies, DeclaredSection.Tag) or (DeclaredSection.Learning, DeclaredSection.Registry) => KeyReach.Label,
        _ => key is null || section.Reach != KeyReach.Strategy ? section.Reach : key.Reach,
    };

    private static string Usual(RecordKey? key) => key is { IsRequired: false, Default: not null } ? Canonical(key.UsualJson()) : "null";

    private static string Canonical(JsonNode? node) => node switch
    {
        JsonObject members => $"{{{string.Join(',', members.OrderBy(m => m.Key, StringComparer.Ordinal)
            .Select(m => JsonValue.Create(m.Key).ToJsonString() + ":" + Canonical(m.Value)))}}}",
        JsonArray items => $"[{string.Join(',', items.Select(Canonical))}]",
        JsonValue value when value.GetValueKind() == JsonValueKind.Number =>
            value.GetValue<JsonElement>().GetDouble().ToString("R", CultureInfo.InvariantCulture),
        null => "null",
        _ => node.ToJsonString(),
    };
}

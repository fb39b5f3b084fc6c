using Granary.Engine;
using Granary.Engine.Market;
using Granary.Learning.Regimes;
using Granary.Simulation.Json;

namespace Granary.Simulation.Batches;

/// <summary>
/// Determines the other symbols that the features of a batch's models read, and adds them to the strategies that these models filter.
/// </summary>
internal sealed class ModelReferences
{
    private readonly JsonFaults _faults = new();
    private readonly BatchSpec _spec;
    private readonly IReadOnlyList<string> _symbols;
    private readonly IReadOnlyList<LearningSpec> _sections;
    private readonly Dictionary<(LearningSpec Section, string Symbol, Timeframe Timeframe), IReadOnlyList<string>> _found = [];

    private ModelReferences(BatchSpec spec, IReadOnlyList<string> symbols)
    {
        (_spec, _symbols) = (spec, symbols);
        _sections = LearningReader.Planned(spec);
    }

    /// <param name="instances">The batch's strategies; those with a model are replaced.</param>
    /// <param name="symbols">Symbols of the data section.</param>
    /// <exception cref="InputException">
    /// A feature reads a symbol for which the batch has no bars or only longer bars, or the model's own market.
    /// </exception>
    public static void AddTo(List<StrategyInstance> instances, BatchSpec spec, IReadOnlyList<string> symbols)
    {
        if (spec.Learning is null) return;
        var references = new ModelReferences(spec, symbols);
        for (var i = 0; i < instances.Count; i++)
            if (references.Of(instances[i]) is { Count: > 0 } found)
                instances[i] = instances[i] with { References = [.. instances[i].References.Union(found, StringComparer.Ordinal)] };
        references._faults.Close();
    }

    private IReadOnlyList<string> Of(StrategyInstance instance)
    {
        if (instance.Definition.IsMultiSymbol) return [];
        if (_sections.FirstOrDefault(s => s.IsOfRisk && s.Covers(instance)) is { } risk) _ = Of(risk, instance);
        return _sections.FirstOrDefault(s => !s.IsOfRisk && s.Covers(instance)) is { } section ? Of(section, instance) : [];
    }

    private IReadOnlyList<string> Of(LearningSpec section, StrategyInstance instance)
    {
        var key = (section, instance.Symbol, instance.Timeframe);
        if (_found.TryGetValue(key, out var known)) return known;
        var series = new MarketSeries(new Instrument { Symbol = instance.Symbol }, instance.Timeframe);
        var supply = _spec.Regimes is null ? null : RegimeState.Supply(_spec.Regimes);
        var symbols = new List<string>();
        foreach (var set in section.Search is { } search ? [section.Features, .. search.FeatureSets] : new[] { section.Features })
            foreach (var (feature, symbol) in set.ReferencesOn(series, supply))
            {
                if (Fault(section, feature, symbol, instance) is { } sentence)
                    _faults.Add(PlaceOf(section.Place, feature).Fault($"the feature '{feature}' reads {symbol}, {sentence}"));
                else if (!symbols.Contains(symbol, StringComparer.Ordinal)) symbols.Add(symbol);
            }
        _found.Add(key, symbols);
        return symbols;
    }

    // Returns an error with its remedy if a feature cannot read a symbol; otherwise null.
    private string? Fault(LearningSpec section, string feature, string symbol, StrategyInstance instance)
    {
        if (section.IsOfRisk)
            return "and a model of the label drawdown reads the bars of the entry's market alone; leave the feature out";
        if (!_symbols.Contains(symbol, StringComparer.Ordinal))
            return "which is not among the data section's symbols"
                + (Spelling.Nearest(symbol, _symbols) is { } near ? $"; did you mean '{near}'?" : "; add it there");
        if (symbol == instance.Symbol)
            return $"which is the market of '{instance.Id}' itself; name strategies of other markets in 'strategies', such as "
                + $"\"*@{_symbols.FirstOrDefault(s => s != symbol) ?? "OTHER"}*\", or leave the feature out";
        var bars = _spec.Data.Of(symbol).Timeframe;
        return !instance.Timeframe.IsMultipleOf(bars)
            ? $"whose bars of {bars} do not make up the {instance.Timeframe} bars of '{instance.Id}'; name a part of the data with shorter "
                + $"bars of {symbol}, or strategies with longer ones"
            : null;
    }

    // Returns the JSON value of a feature: in the section's list, or in a list of its search.
    private static JsonPart PlaceOf(JsonPart section, string feature)
    {
        IEnumerable<JsonPart> lists = section.Find("features") is { } own ? [own] : [];
        if (section.Find("experiment")?.Find("search")?.Find("features") is { } searched) lists = lists.Append(searched);
        return lists.SelectMany(Texts).FirstOrDefault(p => p.String().Trim() == feature) ?? section;

        static IEnumerable<JsonPart> Texts(JsonPart part) => part.OneOrMany() is [var one] && one == part ? [part]
            : part.OneOrMany().SelectMany(Texts);
    }
}

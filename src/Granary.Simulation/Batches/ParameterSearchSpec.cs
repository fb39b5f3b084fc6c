using Granary.Engine;
using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;
using Granary.Learning.Search;
using Granary.Simulation.Json;

namespace Granary.Simulation.Batches;

/// <summary>
/// The <c>search</c> of a strategy of a batch file: which combinations of its parameters are tried, and which one is best.
/// </summary>
internal sealed record ParameterSearchSpec
{
    /// <summary>One of <see cref="SearchMethods.Names"/>.</summary>
    public required string Method { get; init; }

    /// <summary>Number of different combinations to try.</summary>
    public required int Trials { get; init; }

    public required IReadOnlyList<MetricObjective> Objectives { get; init; }

    /// <summary>Fewest closed trades; with fewer, the objectives are undefined.</summary>
    public int MinTrades { get; init; }

    public required IReadOnlyList<SearchDimension> Dimensions { get; init; }

    /// <summary>The dimensions and the conditions on them.</summary>
    public required ParameterSpace Space { get; init; }

    /// <summary>The class of the strategy.</summary>
    public required StrategyDefinition Definition { get; init; }

    /// <summary>The class's arguments that the search does not vary, in the order of the constructor.</summary>
    public required IReadOnlyList<object> Fixed { get; init; }

    /// <summary>The section in the file.</summary>
    public required JsonPart Place { get; init; }

    /// <summary>The dimension that sets something; null if the search does not vary it.</summary>
    public SearchDimension? Find(SearchTarget target) => Dimensions.FirstOrDefault(d => d.Target == target);

    /// <summary>The arguments of the class in a point.</summary>
    public object[] ArgumentsOf(IReadOnlyList<double> point)
    {
        object[] arguments = [.. Fixed];
        for (var d = 0; d < Dimensions.Count; d++)
            if (Dimensions[d] is { Target: SearchTarget.Parameter } parameter)
                arguments[parameter.Index] = parameter.ValueOf(point[d])!;
        return arguments;
    }

    /// <summary>The trading settings in a point.</summary>
    public TradingSettings TradingOf(TradingSettings trading, IReadOnlyList<double> point)
    {
        TradingSettings? changed = null;
        for (var d = 0; d < Dimensions.Count; d++)
            if (Dimensions[d] is { Key: { } key } dimension)
                key.Set(changed ??= trading with { }, dimension.ValueOf(point[d]));
        return changed ?? trading;
    }

    /// <summary>The values of a point by name, as results show them.</summary>
    public IReadOnlyDictionary<string, object> ValuesOf(IReadOnlyList<double> point) =>
        Dimensions.Select((d, i) => KeyValuePair.Create(d.Name, d.ShownOf(point[i]))).ToDictionary(StringComparer.Ordinal);

    /// <summary>The point with these values, as <see cref="ValuesOf"/> returns them.</summary>
    /// <exception cref="InputException">A dimension has no such value.</exception>
    public IReadOnlyList<double> PointOf(IReadOnlyDictionary<string, object> values) =>
        [.. Dimensions.Select(d => values.TryGetValue(d.Name, out var value) ? d.CoordinateOf(value)
            : throw new InputException($"the trial has no value of '{d.Name}'"))];

    /// <summary>
    /// The objectives of an account as its statistics have them; NaN if undefined, or if it has too few trades or is ruined.
    /// </summary>
    public IReadOnlyList<double> ObjectivesOf(MetricSet statistics)
    {
        var isUndefined = statistics.IsRuined || statistics.Trades < MinTrades;
        return [.. Objectives.Select(o => isUndefined || o[statistics] is var value && !double.IsFinite(value) ? double.NaN : value)];
    }

    /// <summary>The same objectives, to be maximised.</summary>
    public IReadOnlyList<double> ScoresOf(MetricSet statistics) =>
        [.. ObjectivesOf(statistics).Zip(Objectives, (value, objective) => objective.IsMinimised ? -value : value)];

    /// <summary>Whether the trials after the first round follow from results over all bars.</summary>
    public bool IsAdaptive => Method == "tpe";

    /// <summary>Creates the method of a search.</summary>
    /// <param name="seed">Searches of different seeds are independent.</param>
    public ISearchMethod CreateMethod(ulong seed) => SearchMethods.Create(Method, Space, Trials, Objectives.Count, seed);
}

using System.Globalization;
using System.Text.Json;
using Granary.Engine;
using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Catalogues;
using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;
using Granary.Learning.Search;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Json;
using Granary.Simulation.Keys;

namespace Granary.Simulation.Batches;

/// <summary>
/// Reads the <c>search</c> of a strategy.
/// <code>
/// "search": {
///   "method": "tpe", "trials": 200, "objective": ["sharpe", "maxDrawdown"],
///   "space": { "fast": [5, 50], "slow": { "from": 20, "to": 300, "log": true }, "stopLossPercent": { "values": [0, 2, 4] },
///     "sides": ["long", "both"] },
///   "conditions": ["slow > 2 * fast"]
/// }
/// </code>
/// </summary>
internal sealed class ParameterSearchReader
{
    private const string SpaceKey = "space", ConditionsKey = "conditions", Symbol = "symbol", TimeframeKey = "timeframe";

    private readonly StrategySpec _entry;
    private readonly StrategyDefinition _definition;
    private readonly object[] _fixed;

    private ParameterSearchReader(StrategySpec entry, StrategyDefinition definition, object[] fixedArguments) =>
        (_entry, _definition, _fixed) = (entry, definition, fixedArguments);

    /// <summary>Checks the keys of a search whose strategy class may be unknown.</summary>
    internal static void CheckKeys(JsonPart part) => Keys(part);

    /// <summary>Reads the search of a strategy; null if it has none, or if its class is not known.</summary>
    /// <exception cref="InputException">A value is invalid; one sentence with file, line, field and remedy.</exception>
    public static ParameterSearchSpec? Read(StrategySpec entry, GranaryCatalogues catalogues)
    {
        if (entry.Search is not { } part) return null;
        foreach (var (name, values, place) in entry.Params)
            if (values.Count > 1)
                place.Wrong($"a strategy with a search has no grid; give one value, or move '{name}' into its space as "
                    + "{ \"values\": [ … ] }", 0);
        if (part.IsFaulty || StrategyBinding.Find(entry, catalogues.Strategies) is not { } binding) return null;
        object[] arguments = [.. binding.Defaults];
        foreach (var (parameter, values) in binding.Grid) arguments[parameter] = values[0];
        return new ParameterSearchReader(entry, binding.Definition, arguments).Read(part, catalogues.Metrics);
    }

    /// <summary>The number of trials of one search of a strategy; 1 without a search.</summary>
    public static int TrialsOf(StrategySpec entry) => entry.Search is { } part
        ? RecordKeys<ParameterSearchKeys>.ReadInto(new ParameterSearchKeys(), part).Trials : 1;

    /// <summary>The timeframes in the spaces of strategies.</summary>
    internal static IEnumerable<Timeframe> TimeframesOf(IEnumerable<StrategySpec> strategies) => strategies
        .Select(s => s.Search?.Find(SpaceKey)?.Find(TimeframeKey)).OfType<JsonPart>()
        .SelectMany(p => p.Find("values")?.Items ?? p.Items).Where(p => p.Kind == JsonValueKind.String)
        .Select(p => Timeframe.TryParse(p.Text, out var timeframe) ? timeframe : null).OfType<Timeframe>();

    private static ParameterSearchKeys Keys(JsonPart part)
    {
        var keys = RecordKeys<ParameterSearchKeys>.Read(part, SpaceKey);
        var space = part.Need(SpaceKey);
        if (space.Kind == JsonValueKind.Object && space.Members.Count == 0)
            space.Wrong("the space is empty: name the parameters to vary with their values, such as { \"fast\": [5, 50] }", 0);
        else if (space.Kind != JsonValueKind.Object) space.Wrong("an object of names and values is needed", 0);
        return keys;
    }

    private ParameterSearchSpec? Read(JsonPart part, MetricCatalogue metrics)
    {
        var keys = Keys(part);
        var objectives = Objectives(keys, part, metrics);
        var dimensions = part.Need(SpaceKey).Members.Select(m => DimensionOf(m.Name, m.Value)).OfType<SearchDimension>().ToList();
        if (part.Find(SpaceKey) is not { IsFaulty: false }) return null;
        var conditions = Conditions(part, dimensions);
        if (part.IsFaulty) return null;
        var spec = new ParameterSearchSpec
        {
            Method = keys.Method,
            Trials = keys.Trials,
            Objectives = objectives,
            MinTrades = keys.MinTrades,
            Dimensions = dimensions,
            Space = new ParameterSpace([.. dimensions.Select(d => d.Dimension)]),
            Definition = _definition,
            Fixed = _fixed,
            Place = part,
        };
        var hasKeys = dimensions.Exists(d => d.Key is not null);
        if (conditions.Count > 0 || hasKeys)
            spec = spec with { Space = spec.Space with { IsAllowed = point => IsAllowed(spec, conditions, hasKeys, point) } };
        return (part.Find(ConditionsKey) ?? part.Need(SpaceKey)).Make(() =>
        {
            spec.CreateMethod(1);
            return spec;
        }, spec);
    }

    // Some keys of a strategy exclude one another.
    private bool IsAllowed(ParameterSearchSpec spec, List<SearchCondition> conditions, bool hasKeys, IReadOnlyList<double> point) =>
        conditions.TrueForAll(c => c.Holds(point))
            && (!hasKeys || !((IKeyFaults)spec.TradingOf(_entry.Trading, point)).KeyFaults.Any());

    private static List<MetricObjective> Objectives(ParameterSearchKeys keys, JsonPart part, MetricCatalogue metrics)
    {
        var usual = MetricObjective.Parse("sharpe", metrics);
        if (part.Find("objective") is not { } given) return [usual];
        var objectives = given.OneOrMany().Select(p => p.Make(() => MetricObjective.Parse(p.String(), metrics), usual)).ToList();
        if (objectives.Count == 0) given.Wrong("no objective is named; give one, such as \"sharpe\"", 0);
        if (!given.IsFaulty && objectives.Select(o => o.Text).Distinct(StringComparer.Ordinal).Count() < keys.Objective.Count)
            given.Wrong("an objective is there twice; name each once", 0);
        return objectives;
    }

    private List<SearchCondition> Conditions(JsonPart part, List<SearchDimension> dimensions) =>
        [.. part.Find(ConditionsKey)?.OneOrMany().Select(p => p.Make(
            () => SearchCondition.Parse(p.String(), name => NumberOf(name, dimensions)), null!)) ?? []];

    // How the number of a name in a condition follows from a point.
    private Func<IReadOnlyList<double>, double> NumberOf(string name, List<SearchDimension> dimensions)
    {
        var at = dimensions.FindIndex(d => d.Name == name);
        if (at >= 0)
        {
            var dimension = dimensions[at];
            if (dimension.Choices is { } choices && !choices.All(c => c is int or double))
                throw new InputException($"'{name}' has no numbers to compare; name a parameter with numbers");
            return point => dimension.NumberOf(point[at]);
        }
        var fixedAt = ParameterAt(name);
        if (fixedAt >= 0 && _fixed[fixedAt] is int or double)
        {
            var number = Convert.ToDouble(_fixed[fixedAt], CultureInfo.InvariantCulture);
            return _ => number;
        }
        var near = Spelling.Nearest(name, dimensions.Select(d => d.Name).Concat(_definition.Parameters.Select(p => p.Name)));
        throw new InputException($"the space has no '{name}'; " + (near is null ? "add it, or leave the condition out"
            : $"did you mean '{near}'?"));
    }

    private int ParameterAt(string name)
    {
        for (var i = 0; i < _definition.Parameters.Count; i++)
            if (_definition.Parameters[i].Name == name) return i;
        return -1;
    }

    private SearchDimension? DimensionOf(string name, JsonPart part)
    {
        if (ParameterAt(name) is >= 0 and var at)
        {
            var declared = _definition.Parameters[at];
            if (_entry.Params.Any(p => p.Name == name)) return part.Wrong<SearchDimension?>(Twice(name, "params"), null);
            return OfKey(new SearchDimension(SearchTarget.Parameter, at, new ChoiceDimension(name, [])), declared, part,
                value => declared.Parse(value.Text));
        }
        if (RecordKeys<TradingSettings>.All.FirstOrDefault(k => k.Name == name) is { } key)
        {
            if (_entry.Place.Find(name) is not null) return part.Wrong<SearchDimension?>(Twice(name, "the strategy"), null);
            return OfKey(new SearchDimension(SearchTarget.Trading, 0, new ChoiceDimension(name, [])) { Key = key }, key, part, key.Read);
        }
        if (name == Symbol) return OfSymbol(part);
        if (name == TimeframeKey)
            return _entry.Timeframes is not null ? part.Wrong<SearchDimension?>(Twice(name, "the strategy"), null)
                : Choices(new SearchDimension(SearchTarget.Timeframe, 0, new ChoiceDimension(name, [])), ValuesOf(part, isNumber: false),
                    part, value => value.Timeframe());
        string[] known = [.. _definition.Parameters.Select(p => p.Name), .. RecordKeys<TradingSettings>.All.Select(k => k.Name), Symbol,
            TimeframeKey];
        var near = Spelling.Nearest(name, known);
        return part.Wrong<SearchDimension?>($"{_definition.Name} has no parameter '{name}'; "
            + (near is not null
            ? $"did you mean '{near}'?"
            : $"name one of {string.Join(", ", _definition.Parameters.Select(p => p.Name))}, or a key of a strategy"), null);
    }

    private static string Twice(string name, string place) => $"'{name}' is fixed in {place} too; leave one of them out";

    private SearchDimension? OfSymbol(JsonPart part) =>
        _definition.IsMultiSymbol ? part.Wrong<SearchDimension?>($"{_definition.Name} trades all its symbols together; leave 'symbol' out",
            null)
        : _entry.Symbols is not null ? part.Wrong<SearchDimension?>("the strategy names its 'symbols' too; leave one of them out", null)
        : Choices(new SearchDimension(SearchTarget.Symbol, 0, new ChoiceDimension(Symbol, [])), ValuesOf(part, isNumber: false), part,
            value => value.String());

    private static SearchDimension? OfKey(SearchDimension dimension, DeclaredKey key, JsonPart part, Func<JsonPart, object?> read)
    {
        if (ValuesOf(part, key.IsNumber) is { } values) return Choices(dimension, values, part, read);
        if (part.IsFaulty) return null;
        if (!key.IsNumber)
            return part.Wrong<SearchDimension?>($"'{key.Name}' has no numbers; give its values as a list", null);
        var range = part.Kind == JsonValueKind.Array
            ? new SpaceRangeKeys { From = part.Items[0].Number(), To = part.Items[1].Number() } : RecordKeys<SpaceRangeKeys>.Read(part);
        return part.IsFaulty ? null : Range(dimension, key, range, part);
    }

    // The values of a choice; null for a range.
    private static IReadOnlyList<JsonPart>? ValuesOf(JsonPart part, bool isNumber)
    {
        if (part.Kind == JsonValueKind.Object && part.Find("values") is { } values)
        {
            part.Only("values");
            return values.List();
        }
        if (part.Kind == JsonValueKind.Object) return isNumber ? null : part.Need("values").List();
        if (part.Kind != JsonValueKind.Array)
            return part.Wrong<IReadOnlyList<JsonPart>?>("a range as [lowest, highest], or a list of values, is needed", []);
        if (!isNumber || !part.Items.All(i => i.Kind == JsonValueKind.Number)) return part.Items;
        return part.Items.Count == 2 ? null
            : part.Wrong<IReadOnlyList<JsonPart>?>("two numbers are a range; write single values as { \"values\": [5, 10, 20] }", []);
    }

    private static SearchDimension? Choices(SearchDimension dimension, IReadOnlyList<JsonPart>? values, JsonPart part,
        Func<JsonPart, object?> read)
    {
        if (values is null || part.IsFaulty) return null;
        if (values.Count < 2)
            return part.Wrong<SearchDimension?>("a choice needs two values or more; give a single one outside of the space", null);
        var choices = values.Select(v => v.Make(() => read(v), null)).ToList();
        var texts = values.Select(v => v.Kind is JsonValueKind.Object or JsonValueKind.Array ? v.ToJson() : v.Text).ToList();
        if (texts.Distinct(StringComparer.Ordinal).Count() < texts.Count)
            return part.Wrong<SearchDimension?>("a value is there twice; write each once", null);
        return part.IsFaulty ? null : dimension with { Choices = choices, Dimension = new ChoiceDimension(dimension.Name, texts) };
    }

    private static SearchDimension? Range(SearchDimension dimension, DeclaredKey key, SpaceRangeKeys range, JsonPart part)
    {
        var isWhole = key.Type != typeof(double);
        if (!(range.From < range.To))
            return Wrong($"the range from {Text(range.From)} to {Text(range.To)} is empty; give the lower end first, or a single value "
                + "outside of the space");
        if (range.From < key.Minimum || range.To > key.Maximum)
            return Wrong($"'{key.Name}' is {DeclaredKey.Span(key.Minimum, key.Maximum)}; let the range lie within that");
        if (isWhole && (range.From != Math.Floor(range.From) || range.To != Math.Floor(range.To) || range.Step != Math.Floor(range.Step)
            || Math.Abs(range.From) > int.MaxValue || Math.Abs(range.To) > int.MaxValue))
            return Wrong($"'{key.Name}' takes whole numbers; give whole ends and a whole step");
        if (range.Log && range.From <= 0) return Wrong("a logarithmic range begins above 0; raise 'from', or leave 'log' out");
        if (range.Log && range.Step > 0) return Wrong("a logarithmic range has no step; leave 'step' or 'log' out");
        if (range.Step > range.To - range.From) return Wrong("the step is longer than the range; shorten it, or leave it out");
        if (isWhole)
            return dimension with
            {
                IsWhole = true,
                Dimension = new IntegerDimension(dimension.Name, (long)range.From, (long)range.To, Math.Max(1, (long)range.Step),
                    range.Log),
            };
        if (range.Step == 0) return dimension with { Dimension = new RealDimension(dimension.Name, range.From, range.To, range.Log) };
        if (range.To - range.From > 1e6 * range.Step || Math.Abs(range.From) > 1e12 || range.Step < 1e-9)
            return Wrong("the step makes more than 1,000,000 values; lengthen it, or leave it out");
        var (from, step) = ((decimal)range.From, (decimal)range.Step);
        return dimension with
        {
            Grid = (from, step),
            Dimension = new IntegerDimension(dimension.Name, 0, (long)(((decimal)range.To - from) / step)),
        };

        SearchDimension? Wrong(string sentence) => part.Wrong<SearchDimension?>(sentence, null);
    }

    private static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);
}

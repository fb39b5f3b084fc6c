using System.Globalization;
using System.Text.Json.Serialization;

namespace Granary.Reporting.Runs;

/// <summary>The parameter searches of a run, one for each strategy entry with a search and each of its markets.</summary>
internal sealed record ParameterSearchResults() : ResultSection(Key)
{
    /// <summary>The key in results.json.</summary>
    public const string Key = "search";

    public required IReadOnlyList<ParameterSearch> Searches { get; init; }
}

/// <summary>One parameter search.</summary>
internal sealed record ParameterSearch
{
    /// <summary>Class, symbols and timeframe, as in the ids of its strategies.</summary>
    public required string Strategy { get; init; }

    /// <summary>tpe, random, sobol or halving.</summary>
    public required string Method { get; init; }

    /// <summary>Keys or expressions of the objectives, with a leading minus if the least value is the best.</summary>
    public required IReadOnlyList<string> Objectives { get; init; }

    public required int Rounds { get; init; }

    public required int Finished { get; init; }

    public required int Failed { get; init; }

    public required int Stopped { get; init; }

    /// <summary>Numbers of the best trials: one for one objective, the Pareto front for several, by the first objective.</summary>
    public required IReadOnlyList<int> Best { get; init; }

    /// <summary>The Sharpe ratio, annualised, that the best of so many worthless trials would have; NaN if undefined.</summary>
    public required double LuckBar { get; init; }

    /// <summary>The Sharpe ratio, annualised, of the first best trial, on the same periods; NaN if undefined.</summary>
    public required double BestSharpe { get; init; }

    public required IReadOnlyList<SearchedParameter> Space { get; init; }

    /// <summary>Share of each parameter in the variance of each objective; empty for too few trials.</summary>
    public required IReadOnlyList<ParameterImportance> Importance { get; init; }

    /// <summary>All trials, by number.</summary>
    public required IReadOnlyList<SearchTrialRow> Trials { get; init; }

    /// <summary>Whether the first best trial has a larger Sharpe ratio than luck alone would give the best of so many.</summary>
    [JsonIgnore]
    public bool IsAboveLuck => BestSharpe > LuckBar;

    /// <summary>The worth of the best trial beside the luck bar, in a sentence.</summary>
    public string Conclusion
    {
        get
        {
            if (Best.Count == 0) return "No trial finished with a defined objective: there is no best trial.";
            var best = Invariant($"Trial {Best[0]}, the best{(Best.Count > 1 ? " by the first objective" : "")},");
            if (double.IsNaN(BestSharpe)) return $"{best} has no defined Sharpe ratio, so that it cannot be compared with luck.";
            var ratio = Invariant($"has a Sharpe ratio of {BestSharpe:0.00}");
            if (double.IsNaN(LuckBar)) return $"{best} {ratio}; too few trials differ to say what luck would have given.";
            return IsAboveLuck
                ? Invariant($"{best} {ratio}, above the luck bar of {LuckBar:0.00}: more than the best of so many worthless trials would ")
                    + "have. Bars that the search did not see must confirm it."
                : Invariant($"{best} {ratio}, not above the luck bar of {LuckBar:0.00}: the best of so many worthless trials would have ")
                    + "as much. Do not trade it for this ratio.";
        }
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Reads objectives as results name them: a metric's key, with a leading minus if the least value is the best, or an
/// expression, whose greatest value is the best.</summary>
internal static class ObjectiveName
{
    public static bool IsExpression(string objective) => objective.AsSpan(1).IndexOfAny("+-*/()") >= 0 || objective[0] == '(';

    /// <summary>Whether the least value is the best.</summary>
    public static bool IsMinimised(string objective) => objective[0] == '-' && !IsExpression(objective);

    /// <summary>The name of the values: the metric's key without the minus, because values stand as the statistics have them, or the
    /// expression.</summary>
    public static string OfValues(string objective) => IsMinimised(objective) ? objective[1..] : objective;
}

/// <summary>A parameter of a search.</summary>
/// <param name="Values">The choices; null for a range.</param>
/// <param name="From">Lowest value of a range.</param>
/// <param name="To">Highest value of a range.</param>
internal sealed record SearchedParameter(string Name, double? From, double? To, bool Log, IReadOnlyList<string>? Values);

/// <summary>The importance of a parameter for an objective.</summary>
/// <param name="Share">Share of the variance that the parameter alone explains, 0 to 1.</param>
/// <param name="Deviation">Standard deviation of the share over the trees.</param>
internal sealed record ParameterImportance(string Objective, string Parameter, double Share, double Deviation);

/// <summary>The states of a trial.</summary>
internal static class SearchTrialStates
{
    /// <summary>It ran on all bars.</summary>
    public const string Finished = "finished";

    /// <summary>Its strategy failed.</summary>
    public const string Failed = "failed";

    /// <summary>The search stopped it after some of the bars.</summary>
    public const string Stopped = "stopped";

    /// <summary>The run was interrupted before it ended.</summary>
    public const string Unfinished = "unfinished";
}

/// <summary>One trial.</summary>
/// <param name="Number">From 1, in the order in which the trials were proposed.</param>
/// <param name="Round">From 1.</param>
/// <param name="Strategy">Id of its strategy.</param>
/// <param name="State">One of <see cref="SearchTrialStates"/>.</param>
/// <param name="Share">Share of the bars on which it ran, 0 to 1.</param>
/// <param name="Values">Values by parameter, numbers or texts.</param>
/// <param name="Objectives">Value of each objective as the run's statistics have it; NaN if undefined, also by too few trades.</param>
/// <param name="Best">The best first objective up to this trial; NaN if there is none.</param>
internal sealed record SearchTrialRow(int Number, int Round, string Strategy, string State, double Share,
    [property: JsonConverter(typeof(ParameterValues))] IReadOnlyDictionary<string, object> Values, IReadOnlyList<double> Objectives,
    double Best);

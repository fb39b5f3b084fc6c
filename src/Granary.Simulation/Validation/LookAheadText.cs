using Granary.Reporting.Runs;
using Granary.Simulation.LookAhead;

namespace Granary.Simulation.Validation;

/// <summary>Describes the result of the look-ahead check in sentences.</summary>
internal static class LookAheadText
{
    /// <summary>Returns the most important finding in one sentence.</summary>
    public static string Of(LookAheadResult result) => result switch
    {
        { Found: [var first, ..] } => $"{first.Strategy} looks ahead: {first.Sentence}",
        { FactorsFound: [var first, ..] } => $"{first.Strategy} looks ahead: {first.Sentence}",
        { Reaches: [var first, ..] } => $"the code of {first.Plugin} may know more than its bars: {first.Sentence}",
        _ => $"{Counted.Of(result.Strategies, "strategy")} decided the same up to each of {Counted.Of(result.Cuts, "time")} "
            + "after which all prices, volumes and times were changed",
    };

    /// <summary>Returns the consequences of a failed check for the other results.</summary>
    public static IEnumerable<string> Conclusions(LookAheadResult result)
    {
        const string Void = "Nothing else on this page counts until that is fixed; granary verify names them all.";
        if (result.Found.Count > 0)
            yield return $"{result.Found.Count} of the {result.Strategies} strategies that were looked at acted on bars that had not "
                + $"happened yet. {Void}";
        foreach (var group in result.Reaches.GroupBy(r => r.Plugin))
            yield return $"The code of {group.Key} can reach beyond the bars that it is given, so its results cannot be shown to be "
                + $"free of look-ahead: {string.Join("; ", group.Select(r => r.Sentence).Take(3))}.";
    }
}

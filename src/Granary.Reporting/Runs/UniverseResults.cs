using System.Text.Json.Serialization;

namespace Granary.Reporting.Runs;

/// <summary>The universe of a run: its members over time, and what survivorship would have added.</summary>
internal sealed record UniverseResults() : ResultSection("universe")
{
    /// <summary>A run over several symbols without dates of membership.</summary>
    public const string Unknown = "unknown";

    /// <summary>A run with the members of the time of each entry.</summary>
    public const string PointInTime = "point-in-time";

    /// <summary>The rule in words.</summary>
    public required string Rule { get; init; }

    /// <summary>Treatment of a position in a symbol that has left: <c>close</c> or <c>hold</c>.</summary>
    public required string OnLeave { get; init; }

    /// <summary>The number of symbols of the run.</summary>
    public required int Symbols { get; init; }

    /// <summary>The number of symbols that were members at some time of the run.</summary>
    public required int Members { get; init; }

    /// <summary>The number of members at the end of the run.</summary>
    public required int AtEnd { get; init; }

    /// <summary>
    /// The number of members from a time on: at the start of the run, at each change and at its end; at most as many as a drawing shows.
    /// </summary>
    public required IReadOnlyList<UniverseCount> Counts { get; init; }

    /// <summary>The number of changes, of which <see cref="Changes"/> has the last ones.</summary>
    public required int ChangeCount { get; init; }

    /// <summary>The last changes, newest first.</summary>
    public required IReadOnlyList<UniverseChange> Changes { get; init; }

    /// <summary>The symbols of the file of members that the source does not have.</summary>
    public IReadOnlyList<string>? Lacking { get; init; }

    /// <summary>The comparison with a run over the survivors; null if it was not made.</summary>
    public SurvivorshipResults? Survivorship { get; init; }
}

/// <summary>The number of members from a time on, UTC ticks.</summary>
internal sealed record UniverseCount([property: JsonConverter(typeof(TimeOfTicks))] long Time, int Members);

/// <summary>Symbols that joined or left at a time, UTC ticks.</summary>
internal sealed record UniverseChange([property: JsonConverter(typeof(TimeOfTicks))] long Time, IReadOnlyList<string> Joined,
    IReadOnlyList<string> Left);

/// <summary>
/// The portfolio beside one with the same strategies and weights that knew the survivors in advance: only the symbols that are members at
/// the end, as if they always had been.
/// </summary>
/// <param name="Symbols">The number of survivors.</param>
/// <param name="Return">Total return of the portfolio.</param>
/// <param name="Sharpe">Its Sharpe ratio of a year.</param>
/// <param name="SurvivorReturn">Total return of the portfolio of survivors.</param>
/// <param name="SurvivorSharpe">Its Sharpe ratio of a year.</param>
/// <param name="Rerun">Strategies that ran again; the recorded results of the others are the same, or they do not trade.</param>
internal sealed record SurvivorshipResults(int Symbols, double Return, double Sharpe, double SurvivorReturn, double SurvivorSharpe,
    int Rerun);

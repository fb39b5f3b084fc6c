namespace Granary.Contracts.MarketData;

/// <summary>The comparison of two stores on a market.</summary>
/// <param name="Total">All disagreements; the answer has at most 1,000, the widest of them.</param>
public sealed record StoreComparison(int Total, ComparisonAnswer Result);

/// <summary>The disagreements of two sources on a market, as <c>data compare</c> writes them.</summary>
/// <param name="ShiftHours">The time of a bar in B minus its time in A; null if the bars are not shifted.</param>
/// <param name="Disagreements">In the order of time.</param>
public sealed record ComparisonAnswer(long BarsOfA, long BarsOfB, long Common, long Equal, long OnlyInA, long OnlyInB, double? ShiftHours,
    IReadOnlyList<RatioRow> Ratios, SuspectCounts LikelierWrong, IReadOnlyList<DisagreementRow> Disagreements);

/// <summary>A period in which the closes of A are a constant multiple of those of B.</summary>
public sealed record RatioRow(string From, string To, double Ratio, long Bars);

/// <summary>Bars on which a source is likelier wrong.</summary>
public sealed record SuspectCounts(int A, int B);

/// <summary>A bar, or a field of one, on which two sources disagree.</summary>
/// <param name="Time">Open, UTC.</param>
/// <param name="A">Null where A has no such bar.</param>
/// <param name="LikelierWrong">A or B; null where the bars do not show it.</param>
public sealed record DisagreementRow(string Time, string Field, double? A, double? B, double? Percent, string? LikelierWrong, string? Why);

namespace Granary.Engine.Analysis;

/// <summary>How many periods a year of a record has, and which of its rows were counted.</summary>
/// <param name="PerYear">NaN for a record of fewer than two rows.</param>
/// <param name="IsConvention">Whether the number is a convention (252, 365, 52 …); false where it is the count of the record.</param>
/// <param name="Rows">All rows of the record.</param>
/// <param name="StrayRows">Rows on a day of the week on which the record has no rows in most weeks. They do not count.</param>
/// <param name="Days">
/// The days of the week on which a daily or an intraday record has rows, from Monday; empty for records with longer steps.
/// </param>
internal sealed record PeriodCount(double PerYear, bool IsConvention, long Rows, long StrayRows, IReadOnlyList<DayOfWeek> Days);
